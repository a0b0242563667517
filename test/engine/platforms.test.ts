import { beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.js';
import { replay } from '../../src/core/migration.js';
import { decide } from '../../src/core/decide.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import type { HerokuFacts } from '../../src/core/platform/platform-reading.js';
import { statusOf } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import { pages } from './pages.js';
import { Platforms, policy } from './platforms.js';
import { albTarget, herokuTarget, policyOf, policyText, type World, www } from './world.js';
import { fit } from './heroku-facts.js';

let platforms: Platforms;
let world: World;
beforeEach(() => {
  platforms = new Platforms();
  ({ world } = platforms);
});

function alarms(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'alarm-raised' ? [`${event.topic}: ${event.because}`] : [],
  );
}

/** Ticks for longer than a stage lasts. */
async function longAfter(): Promise<MigrationState> {
  let { state } = await world.tick(platforms.id, 20_000);
  for (let ticks = 0; ticks < 40; ticks += 1) ({ state } = await world.tick(platforms.id, 20_000));
  return state;
}

/** Ticks until the target has this share. */
async function until(share: number, afterMs = 20_000): Promise<void> {
  for (let ticks = 0; ticks < 100; ticks += 1)
    if ((await world.tick(platforms.id, afterMs)).state.share === share) return;
  expect.fail(`the share never became ${share}`);
}

describe('fault 55: a source that a rollback would not find pages somebody and holds every step', () => {
  test.each<[string, Partial<HerokuFacts> | null, RegExp]>([
    ['the app is gone', null, /^rollback-path-broken: www\.example\.com: no app my-app; a rollback would/],
    [
      'the domain is removed',
      { domain: null },
      /^rollback-path-broken: .*has no domain for this host any more/,
    ],
    [
      'the DNS target is another, which is named, with the line that goes there',
      { domain: fit.domain && { ...fit.domain, cname: 'new-target-9.herokudns.com' } },
      /is now new-target-9\.herokudns\.com, no longer sleepy-otter-0a1b2c\.herokudns\.com.*shiftctl rollback www\.example\.com --no-state --to new-target-9\.herokudns\.com/,
    ],
    [
      'the SNI endpoint is gone',
      { domain: fit.domain && { ...fit.domain, sniEndpoint: null } },
      /SNI endpoint is gone/,
    ],
    ['it is in maintenance mode', { maintenance: true }, /is in maintenance mode/],
    ['it is scaled to nothing', { web: { ...fit.web, quantity: 0, alive: 0 } }, /scaled to 0 web dynos/],
    [
      'all its dynos are down',
      { web: { ...fit.web, alive: 0, dead: ['web.1 crashed'] } },
      /no web dyno of heroku:my-app is up \(web\.1 crashed\)/,
    ],
  ])('%s', async (_, change, expected) => {
    const events = await platforms.after(10, () => platforms.say(change));
    expect(alarms(events)).toEqual([expect.stringMatching(expected)]);
    expect(pages(world)).toEqual([expect.stringMatching(/^alarm\/rollback-path-broken: /)]);
    expect(pages(world)[0]).toContain(alarms(events)[0]?.replace(/^\S+ /, ''));
    const state = await longAfter();
    expect(state).toMatchObject({ share: 10, held: 'rollback-path-broken', phase: { phase: 'observing' } });
    platforms.say({});
    await until(25);
    expect(world.events).toContainEqual(expect.objectContaining({ type: 'alarm-cleared' }));
  });

  test('a renamed app is found by its id and named', async () => {
    const events = await platforms.after(10, () => {
      platforms.apps.delete('my-app');
      platforms.apps.set('app-1', { ...fit, name: 'my-shop' });
    });
    expect(alarms(events)[0]).toMatch(/^app-renamed: .*heroku:my-app is now called heroku:my-shop/);
    expect((await longAfter()).share).toBe(10);
  });

  test('a Heroku that cannot be asked holds nothing and wakes nobody, but the status says so', async () => {
    platforms.failing = 'unavailable';
    platforms.id = await world.startedAt(10, { policy });
    await until(25);
    expect(alarms(world.events)).toEqual([]);
    const state = await world.state(platforms.id);
    const [source] = statusOf(state, instant(world.now)).platforms;
    expect(source).toMatchObject({ side: 'source', unseen: 'Heroku answered 503' });
  });

  test('what was bad stays bad while Heroku cannot be asked', async () => {
    await platforms.after(10, () => platforms.say({ maintenance: true }));
    platforms.failing = 'timeout';
    expect(await longAfter()).toMatchObject({ share: 10, alarms: ['rollback-path-broken'] });
  });
});

test('fault 54: a target whose name is gone is seen before a step, and the takeover of its name is named', async () => {
  const events = await platforms.after(10, () => platforms.missing.add(albTarget));
  expect(alarms(events)).toEqual([
    expect.stringMatching(/^target-broken: .*my-alb-1\S+ has no address any more, .*subdomain takeover/),
  ]);
  expect(pages(world)).toEqual([expect.stringMatching(/^alarm\/target-broken: .*subdomain takeover/)]);
  expect((await longAfter()).share).toBe(10);
});

test('fault 54: a target that is gone while users are sent to it is left at once', async () => {
  const id = await world.startedAt(10, { policy });
  platforms.missing.add(albTarget);
  world.health.target = 'failed';
  const goneAt = world.now;
  const { phase } = await world.runUntil(id, (state) => state.phase.phase === 'draining');
  expect(phase.phase).toBe('draining');
  expect(world.now - goneAt).toBeLessThanOrEqual(3_000);
  expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
});

test.each(['source', 'target'] as const)(
  'fault 56: a certificate of the %s that ends within three days holds every step and pages somebody',
  async (side) => {
    const endsAt = instant(world.now + 71 * 3_600_000);
    const events = await platforms.after(10, () => {
      world.certificates[side] = {
        certificate: { name: 'www.example.com', issuer: "Let's Encrypt", endsAt },
      };
    });
    expect(alarms(events)[0]).toMatch(
      new RegExp(`^certificate-short: www\\.example\\.com: the ${side}'s cert`),
    );
    expect(alarms(events)[0]).toContain(side === 'source' ? 'no rollback is possible' : 'renew it');
    expect(pages(world)).toEqual([expect.stringMatching(/^alarm\/certificate-short: /)]);
    expect((await longAfter()).share).toBe(10);
  },
);

test('a source with less than half of its dynos is an alarm, and holds nothing', async () => {
  const events = await platforms.after(10, () =>
    platforms.say({ web: { ...fit.web, quantity: 1, alive: 1 } }),
  );
  expect(alarms(events)[0]).toMatch(
    /^source-scaled-down: .*has 1 of the 4 web dynos that it had at the start/,
  );
  await until(25);
});

test('a platform is asked once an hour, and again before each step', async () => {
  platforms.id = await world.startedAt(10, {
    policy: policyOf(policyText.replace('dwell: 6s', 'dwell: 3h').replace('gapAfter: 10s', 'gapAfter: 5m')),
  });
  const begun = platforms.asked.length;
  for (let minute = 0; minute < 150; minute += 1) await world.tick(platforms.id, 60_000);
  expect(platforms.asked.length - begun).toBe(2);
  await until(25, 60_000);
  expect(platforms.asked.length - begun).toBeGreaterThanOrEqual(3);
});

test('what the platforms said is in the journal, so that every decision can be made again from it', async () => {
  await platforms.after(10, () => platforms.say({ maintenance: true }));
  const events = (await world.journal(platforms.id)).map(({ event }) => event);
  const last = events.findLastIndex(({ type }) => type === 'alarm-raised');
  const seen = events.findLastIndex(({ type }, index) => type === 'observed' && index < last);
  expect(decide(replay(events.slice(0, seen + 1)))).toContainEqual(events[last]);
});
