import { adoptIntent } from '../../src/core/adoption.js';
import type { AliasEnd } from '../../src/core/alias-end.js';
import { aliasIntent } from '../../src/core/alias-ending.js';
import type { Event } from '../../src/core/event.js';
import { forgetIntent } from '../../src/core/forgetting.js';
import {
  finalizeIntent,
  rollbackIntent,
  stageIntent,
  takeOverIntent,
} from '../../src/core/intent-factory.js';
import type { Intent } from '../../src/core/intent.js';
import { apply, begin } from '../../src/core/migration.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import type { Observation } from '../../src/core/observation.js';
import type { MigrationPlan } from '../../src/core/plan.js';
import { parsePolicy } from '../../src/core/policy/parse-policy.js';
import type { Policy } from '../../src/core/policy/policy.js';
import type { ProbeOutcome, SideName } from '../../src/core/probe.js';
import type { HostImage } from '../../src/core/record-image.js';
import { hostName, recordName, type RecordName } from '../../src/core/record-name.js';
import { plainCname, type RecordSet } from '../../src/core/record-set.js';
import type { Result } from '../../src/core/result.js';
import { restoreIntent } from '../../src/core/restoration.js';
import { instant, type Instant } from '../../src/core/time.js';

export const herokuTarget = 'sleepy-otter-0a1b2c.herokudns.com.';
export const albTarget = 'my-alb-1.eu-west-1.elb.amazonaws.com.';
export const start: Instant = instant(1_700_000_000_000);

export function value<T, E>(result: Result<T, E>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error));
}

export function host(name: string): RecordName {
  return value(hostName(name));
}

export const www: RecordName = host('www.example.com');

/** Half-minute dwells and buckets of a second; three of six probes; a gap is ten seconds. */
export function policy(change = ''): Policy {
  const text = `
lab: true
stages: [10, 25, 50, 100]
ttl: 60s
tail: 30s
dwell: 30s
bake: 60s
tickEvery: 1s
gapAfter: 10s
bucketSeconds: 1
settleDelay: 1s
probes: { every: 500ms, timeout: 1s, failed: 3 of 6 }
gate: { maxHold: 120s${change} }
`;
  return value(parsePolicy(text, 'test.yaml'));
}

export function original(name: RecordName, ttl = 300): HostImage {
  return { host: name, records: [plainCname(name, herokuTarget, ttl)], marker: [] };
}

export function planOf(
  change: Partial<MigrationPlan> & { names?: readonly RecordName[] } = {},
): MigrationPlan {
  const { names = [www], ...rest } = change;
  return {
    id: 'www-example-com-abc123',
    createdAt: start,
    by: 'ann',
    zone: { id: 'Z1', name: value(recordName('example.com')), nameServers: ['ns-1.lab', 'ns-2.lab'] },
    hosts: names.map((name) => ({
      host: name,
      source: { platform: 'heroku', app: 'my-app', dnsName: herokuTarget },
      target: { platform: 'aws', dnsName: albTarget },
    })),
    policy: policy(),
    originals: names.map((name) => original(name)),
    ...rest,
  };
}

/** A migration told event by event, without engine, store or network. Time stands still unless it is told to pass. */
export class Story {
  state: MigrationState;
  now: Instant;
  private ids = 0;

  constructor(plan: MigrationPlan = planOf()) {
    this.now = start;
    this.state = begin({ type: 'migration-planned', at: start, plan });
  }

  /** Taken over, settled and observing, then every stage up to this one; -1 is the take-over alone. */
  static observing(stage: number, plan?: MigrationPlan): Story {
    const story = new Story(plan);
    for (let current = -1; current <= stage; current += 1) {
      story.accept(story.open(current < 0 ? 'take-over' : 'stage', current)).settle();
    }
    return story;
  }

  add(event: Event): this {
    this.state = apply(this.state, event);
    return this;
  }

  pass(ms: number): this {
    this.now = instant(this.now + ms);
    return this;
  }

  intent(kind: Intent['kind'], stage = 0): Intent {
    const origin = {
      at: this.now,
      nextIntentId: `intent${String((this.ids += 1)).padStart(10, '0')}`,
      journalHead: 'h',
    };
    switch (kind) {
      case 'take-over':
        return takeOverIntent(this.state, origin);
      case 'stage':
        return stageIntent(this.state, origin, stage);
      case 'finalize':
        return finalizeIntent(this.state, origin);
      case 'rollback':
        return rollbackIntent(this.state, origin);
      case 'adopt':
        return adoptIntent(this.state, origin, this.state.image, { stage, share: this.state.share });
      case 'restore':
        return restoreIntent(this.state, origin, this.state.image);
      case 'alias':
        return aliasIntent(this.state, origin, this.state.image, this.state.plan.hosts.map(aliasEndOf));
      case 'forget': {
        const intent = forgetIntent(this.state, origin, this.state.image);
        if (intent === null) throw new Error('there is no marker');
        return intent;
      }
    }
  }

  open(kind: Intent['kind'], stage = 0): Intent {
    const intent = this.intent(kind, stage);
    this.add({ type: 'intent-opened', at: this.now, intent, because: 'a test' });
    return intent;
  }

  accept(intent: Intent): this {
    return this.add({
      type: 'change-accepted',
      at: this.now,
      intentId: intent.id,
      changeId: 'C1',
      how: 'reply',
    });
  }

  /** INSYNC, agreed and settled, all at this instant. */
  settle(): this {
    return this.agree().add({ type: 'settled', at: this.now });
  }

  agree(): this {
    return this.add({ type: 'insync', at: this.now }).add({ type: 'servers-agreed', at: this.now });
  }

  requestRollback(by: 'guard' | 'operator' = 'operator'): this {
    return this.add({ type: 'rollback-requested', at: this.now, by, who: 'ann', because: 'a test' });
  }

  /** One reading; what is not given is as calm as can be. */
  observe(seen: Partial<Observation> = {}): this {
    return this.add({ type: 'observed', at: this.now, observation: this.reading(seen) });
  }

  reading(seen: Partial<Observation> = {}): Observation {
    return {
      at: this.now,
      monotonicMs: this.now - start + 1_000,
      bootId: 'boot-1',
      zone: { status: 'expected' },
      change: null,
      nameServers: [],
      probes: [],
      metrics: [],
      nextIntentId: `next${String((this.ids += 1)).padStart(12, '0')}`,
      journalHead: 'h',
      ...seen,
    };
  }

  /** Probes of one side: `o` ok, `x` failed, `?` unknown, the last one now and the others half a second apart. */
  probes(side: SideName, pattern: string, name: RecordName = www): Observation['probes'] {
    const results = { o: 'ok', x: 'failed', '?': 'unknown' } as const;
    const outcomes = pattern.split('').map((char, index): ProbeOutcome => ({
      at: instant(this.now - (pattern.length - 1 - index) * 500),
      result: results[char as 'o'],
      because: char === 'o' ? '200 in 5 ms' : '503, expected 200',
      status: null,
      latencyMs: null,
      certificateEndsAt: null,
    }));
    return [{ host: name, side, outcomes }];
  }
}

function aliasEndOf({ target }: MigrationPlan['hosts'][number]): AliasEnd {
  return { hostedZoneId: 'Z32O12XQLNTSW2', dnsName: target.dnsName, hasIpv6: false };
}

/** What stands at the one host, with everything else as the last receipt left it. */
export function withRecords(state: MigrationState, records: readonly RecordSet[]): HostImage[] {
  return state.image.map((image) => ({ ...image, records }));
}
