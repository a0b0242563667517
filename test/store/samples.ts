import fc from 'fast-check';
import type { Event } from '../../src/core/event.js';
import type { IntentKind } from '../../src/core/intent.js';
import type { MigrationPlan } from '../../src/core/plan.js';
import type { RecordImage } from '../../src/core/record-image.js';
import type { RecordName } from '../../src/core/record-name.js';
import { plainCname } from '../../src/core/record-set.js';
import { instant, type Instant } from '../../src/core/time.js';
import type { MigrationRow, RecordStep } from '../../src/engine/ports.js';

/** Small but complete values for tests of a store, which cares about their shape and never about their meaning. */

export const start: Instant = instant(Date.UTC(2026, 0, 2, 3, 4, 5));

export function name(text: string): RecordName {
  return `${text}.` as RecordName;
}

export function migration(
  id: string,
  hosts: readonly string[] = [`${id}.example.com`],
  createdAt: Instant = start,
): MigrationRow {
  return { id, hosts: hosts.map(name), live: true, createdAt };
}

export function noted(because: string): Event {
  return { type: 'asked', at: start, because };
}

function image(target: string): RecordImage {
  const host = name('www.example.com');
  return [{ host, records: [plainCname(host, target, 60)], marker: [] }];
}

export function planned(row: MigrationRow): Event {
  const plan = {
    id: row.id,
    createdAt: row.createdAt,
    by: 'someone',
    zone: { id: 'Z1', name: name('example.com'), nameServers: ['ns1.example.net.'] },
    hosts: row.hosts.map((host) => ({
      host,
      source: { platform: 'heroku', app: 'shop', dnsName: 'x.herokudns.com.' },
      target: { platform: 'aws', dnsName: 'lb.eu-west-1.elb.amazonaws.com.' },
    })),
    originals: image('x.herokudns.com.'),
  };
  return { type: 'migration-planned', at: start, plan: plan as unknown as MigrationPlan };
}

export function intentOpened(id: string, kind: IntentKind = 'stage'): Event {
  const before = image('x.herokudns.com.');
  const after = image('lb.eu-west-1.elb.amazonaws.com.');
  const batch = { changes: [], comment: 'shift' };
  const intent = { id, kind, generation: 2, share: 10, before, after, batch, openedAt: start };
  return { type: 'intent-opened', at: start, intent, because: 'stage 1 of 4' };
}

export function accepted(intentId: string): Event {
  return { type: 'change-accepted', at: start, intentId, changeId: 'C1', how: 'reply' };
}

export function abandoned(intentId: string): Event {
  return { type: 'intent-abandoned', at: start, intentId, because: 'the zone shows nothing of it' };
}

export function rollbackRequested(): Event {
  return { type: 'rollback-requested', at: start, by: 'operator', who: 'someone', because: 'typed' };
}

/** A step that is not fenced by a lease. */
export function step(
  migrationId: string,
  expectedSequence: number,
  events: readonly Event[],
  rest: Partial<RecordStep> = {},
): RecordStep {
  return { migrationId, events, at: start, live: true, expectedSequence, epoch: null, ...rest };
}

/** Any value as JSON holds it, which has no -0. */
export const json: fc.Arbitrary<unknown> = fc
  .jsonValue()
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
