import type { Event } from '../../src/core/event.js';
import type { ProviderFailure, ProviderFailureReason } from '../../src/core/failure.js';
import type { HerokuFacts } from '../../src/core/platform/platform-reading.js';
import type { Policy } from '../../src/core/policy/policy.js';
import { err, ok, type Result } from '../../src/core/result.js';
import { AskingFeed } from '../../src/engine/platform-feed.js';
import { fit } from './heroku-facts.js';
import { withPager } from './pages.js';
import { policyOf, policyText, World } from './world.js';

/** A world whose platforms say what the test wants. */
export class Platforms {
  readonly world: World;
  /** By name and by id; what is missing here is `not-found`. */
  readonly apps: Map<string, HerokuFacts> = new Map([
    ['my-app', fit],
    ['app-1', fit],
  ]);
  failing: ProviderFailureReason | null = null;
  readonly missing: Set<string> = new Set();
  readonly asked: number[] = [];
  id = '';

  /** Domains of hosts that are not as the app's own facts say. */
  readonly domains: Map<string, HerokuFacts['domain']> = new Map();

  constructor(records?: readonly object[]) {
    this.world = new World(records);
    const { clock, dns } = this.world.engine;
    this.world.platforms = new AskingFeed({
      clock,
      dns: {
        sample: dns.sample.bind(dns),
        addresses: (name) =>
          Promise.resolve(this.missing.has(name) ? failed('not-found', 'no address') : ok(['192.0.2.1'])),
      },
      heroku: () =>
        Promise.resolve({
          domain: () => Promise.resolve(failed('unavailable', 'not asked')),
          facts: (app, host) => {
            this.asked.push(this.world.now);
            const found = this.apps.get(app);
            if (this.failing !== null) return Promise.resolve(failed(this.failing, 'Heroku answered 503'));
            if (found === undefined) return Promise.resolve(failed('not-found', `no app ${app}`));
            return Promise.resolve(ok({ ...found, domain: this.domains.get(host) ?? found.domain }));
          },
        }),
    });
  }

  /** What Heroku says from now on; null deletes the app. */
  say(change: Partial<HerokuFacts> | null): void {
    for (const name of ['my-app', 'app-1']) {
      if (change === null) this.apps.delete(name);
      else this.apps.set(name, { ...fit, ...change });
    }
  }

  /** Runs until the share is observed, tells the controller to look again, and hands on what happened then. */
  async after(share: number, change: () => unknown): Promise<readonly Event[]> {
    this.id = await this.world.startedAt(share, { policy });
    const before = this.world.events.length;
    change();
    for (let ticks = 0; ticks < 80 && !this.isTold(before); ticks += 1)
      await this.world.tick(this.id, 10_000);
    return this.world.events.slice(before);
  }

  private isTold(before: number): boolean {
    return this.world.events.slice(before).some(({ type }) => type === 'alarm-raised');
  }
}

function failed(reason: ProviderFailureReason, message: string): Result<never, ProviderFailure> {
  return err({ reason, provider: 'heroku', operation: 'App Info', message, details: [] });
}

/** Dwells of ten minutes, so that each step is preceded by a look of its own. */
export const policy: Policy = policyOf(
  policyText
    .replace('dwell: 6s', 'dwell: 10m')
    .replace('bake: 10s', 'bake: 10m')
    .replace('maxHold: 30s', 'maxHold: 1h')
    .replace('tickEvery: 1s', 'tickEvery: 10s')
    .replace('gapAfter: 10s', 'gapAfter: 60s') + withPager,
);
