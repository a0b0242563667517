import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.js';
import { replay } from '../../src/core/migration.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import type { HerokuFacts } from '../../src/core/platform/platform-reading.js';
import { err, ok } from '../../src/core/result.js';
import { statusOf } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import { Controller } from '../../src/engine/controller.js';
import { isUnfinished } from '../../src/engine/ended-watch.js';
import { AskingFeed } from '../../src/engine/platform-feed.js';
import { Migrations } from '../../src/engine/migrations.js';
import { pages, withPager } from './pages.js';
import { operator, policyOf, policyText, providerFailure, value, World } from './world.js';
import { fit } from './heroku-facts.js';

const signal = new AbortController().signal;
const hourMs = 3_600_000;

/** A world whose migration has completed, with a daemon that began only afterwards. */
class After {
  readonly world = new World();
  app: HerokuFacts | null = fit;
  asked = 0;
  id = '';
  controller: Controller | null = null;
  readonly ticked: string[] = [];

  constructor() {
    const { clock, dns } = this.world.engine;
    const heroku = {
      domain: () => Promise.resolve(err({ ...providerFailure('unavailable'), provider: 'heroku' as const })),
      facts: () => {
        this.asked += 1;
        const gone = {
          ...providerFailure('not-found'),
          provider: 'heroku' as const,
          message: 'no app my-app',
        };
        return Promise.resolve(this.app === null ? err(gone) : ok(this.app));
      },
    };
    const addresses = (): ReturnType<typeof dns.addresses> => Promise.resolve(ok(['192.0.2.1']));
    const ports = { clock, dns: { ...dns, addresses }, heroku: () => Promise.resolve(heroku) };
    this.world.platforms = new AskingFeed(ports);
  }

  static async completed(policy = policyOf(policyText + withPager)): Promise<After> {
    const after = new After();
    after.id = await after.world.startedAt(10, { policy });
    expect((await after.world.runToEnd(after.id)).phase.phase).toBe('completed');
    after.restart();
    return after;
  }

  /** A new process, which has seen nothing of what was before. */
  restart(): void {
    this.controller = new Controller(this.world.engineOf('host/boot-1/2'), {
      ticked: (id) => void this.ticked.push(id),
      skipped: (id, { message }) => expect.fail(`${id}: ${message}`),
      failed: (id, error) => expect.fail(`${id}: ${String(error)}`),
    });
    this.world.gone.add('host/boot-1/1');
  }

  async state(): Promise<MigrationState> {
    return replay((await this.world.journal(this.id)).map(({ event }) => event));
  }

  /** Time passes, and the daemon wakes a few times at its end. */
  async pass(ms: number): Promise<readonly Event[]> {
    const before = (await this.world.journal(this.id)).length;
    this.world.pass(ms);
    for (let wakes = 0; wakes < 5; wakes += 1) {
      await this.controller?.wake(signal);
      await this.controller?.idle();
      await this.world.engine.telling.settled(this.id);
      this.world.pass(1_000);
    }
    return (await this.world.journal(this.id)).slice(before).map(({ event }) => event);
  }
}

function alarms(events: readonly Event[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'alarm-raised') return [`${event.topic}: ${event.because}`];
    return event.type === 'alarm-cleared' ? [`${event.topic} over`] : [];
  });
}

test('a source that is switched off after the end is an alarm, once for each change, with the way to end the watch', async () => {
  const after = await After.completed();
  expect(alarms(await after.pass(hourMs))).toEqual([]);
  after.app = { ...fit, web: { ...fit.web, quantity: 1, alive: 1 } };
  expect(alarms(await after.pass(hourMs))).toEqual([
    expect.stringMatching(
      /^source-scaled-down: .* has 1 of the 4 web dynos.*shiftctl forget www\.example\.com$/,
    ),
  ]);
  expect(alarms(await after.pass(hourMs))).toEqual([]);
  after.app = null;
  expect(alarms(await after.pass(hourMs))).toEqual([
    expect.stringMatching(/^rollback-path-broken: .*no app my-app; a rollback would go nowhere/),
    'source-scaled-down over',
  ]);
  expect(pages(after.world).map((page) => page.split(':')[0])).toEqual([
    'alarm/source-scaled-down',
    'alarm/rollback-path-broken',
  ]);
  const state = await after.state();
  expect(statusOf(state, instant(after.world.now))).toMatchObject({
    phase: 'completed',
    alarm: 'rollback-path-broken',
    sourceRemains: [{ rollbackBroken: expect.stringContaining('no app my-app') as string }],
  });
  after.app = fit;
  expect(alarms(await after.pass(hourMs))).toEqual(['rollback-path-broken over']);
});

test('the look costs one question an hour, and neither beats the heart nor asks the zone', async () => {
  const heartbeat = 'notify: { heartbeat: { url: "https://alive.example.com/x" } }\n';
  const after = await After.completed(policyOf(policyText + heartbeat));
  const { beats } = after.world.notifier;
  expect(beats).toBeGreaterThan(0);
  const asked = after.asked;
  let reads = 0;
  after.world.onCall = (call) => (reads += call === 'records' ? 1 : 0);
  for (let minutes = 0; minutes < 240; minutes += 10) await after.pass(600_000);
  expect(after.asked - asked).toBeGreaterThanOrEqual(3);
  expect(after.asked - asked).toBeLessThanOrEqual(5);
  expect(after.world.notifier.beats).toBe(beats);
  expect(reads).toBe(0);
});

test('nobody looks any more once it was forgotten', async () => {
  const after = await After.completed();
  after.world.pass(8 * 24 * hourMs);
  const forgotten = value(await after.world.migrations.propose(after.id, 'forget'));
  value(await after.world.migrations.carryOut(forgotten, operator));
  await after.world.tick(after.id);
  const { asked } = after;
  await after.pass(3 * hourMs);
  expect(after.asked).toBe(asked);
});

test('nobody looks at what a newer migration of the same host has taken over', async () => {
  const after = await After.completed();
  const now = instant(after.world.now + hourMs);
  const [row] = await after.world.store.list();
  const newer = { ...row!, id: 'newer', createdAt: now };
  const state = await after.state();
  expect(isUnfinished(state, row!, [row!], now)).toBe(true);
  expect(isUnfinished(state, row!, [newer, row!], now)).toBe(false);
  expect(isUnfinished(state, row!, [{ ...newer, hosts: [] }, row!], now)).toBe(true);
});

test('what may not be touched from here is neither looked at nor spoken of', async () => {
  const after = await After.completed();
  const { asked } = after;
  const told: string[] = [];
  const engine = { ...after.world.engineOf('host/boot-1/3'), objection: () => 'it belongs to a lab' };
  after.controller = new Controller(engine, {
    ticked: (id) => void told.push(id),
    skipped: (id) => void told.push(id),
    failed: (id) => void told.push(id),
  });
  await after.pass(3 * hourMs);
  expect({ told, asked: after.asked }).toEqual({ told: [], asked });
});

test('a Heroku that does not answer is no alarm', async () => {
  const after = await After.completed();
  const { platforms } = after.world;
  after.world.platforms = { collect: () => new Promise(() => undefined) };
  expect(alarms(await after.pass(hourMs))).toEqual([]);
  expect(await after.state()).toMatchObject({
    platforms: expect.arrayContaining([
      expect.objectContaining({ side: 'source', unseen: expect.stringContaining('no answer') as string }),
    ]) as object,
  });
  after.world.platforms = platforms;
});

test('health checks that an end left behind are deleted by whichever process comes later', async () => {
  const world = new World();
  const policy = policyOf(`${policyText}failover: { interval: 10s, healthyFor: 5s }\n`);
  const id = await world.startedAt(-1, { policy });
  await world.runUntil(id, ({ healthChecks }) => healthChecks.some((check) => check.id !== null));
  world.healthCheckApi.fail = providerFailure('unavailable');
  await world.rollBack(id);
  expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
  expect(world.healthChecks.list()).not.toEqual([]);
  world.healthCheckApi.fail = null;
  world.gone.add('host/boot-1/1');
  const later = new Migrations(world.engineOf('host/boot-1/2'));
  const controller = later.controller({
    ticked: () => undefined,
    skipped: (_id, { message }) => expect.fail(message),
    failed: (_id, error) => expect.fail(String(error)),
  });
  for (let wakes = 0; wakes < 5; wakes += 1) {
    await controller.wake(signal);
    await controller.idle();
    world.pass(1_000);
  }
  expect(world.healthChecks.list()).toEqual([]);
});
