import { beforeAll, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../src/adapters/clock/system-clock.js';
import { HeardTime } from '../../src/adapters/clock/server-time.js';
import { createRoute53 } from '../../src/adapters/route53/route53.js';
import type { Check } from '../../src/engine/check.js';
import { lookAtClock } from '../../src/engine/preflight/clock-look.js';
import { Migrations } from '../../src/engine/migrations.js';
import { useCanaryCredentials } from '../adapters/route53/aws-environment.js';
import { CannedServer } from '../adapters/route53/canned-server.js';
import { PreflightWorld } from './preflight/preflight-world.js';
import { value, World } from './world.js';

beforeAll(useCanaryCredentials);

const signal = new AbortController().signal;
const body =
  '<GetHostedZoneResponse><HostedZone><Id>/hostedzone/Z1</Id><Name>example.com.</Name><CallerReference>a</CallerReference></HostedZone></GetHostedZoneResponse>';

/** What preflight says, and what is heard for the ticks, of answers over the wire whose Date is this far ahead. */
async function lookedAt(aheadMs: number): Promise<{ check: Check | undefined; offsetMs: number }> {
  await using server = await CannedServer.start();
  server.react(() => ({ status: 200, body, date: new Date(Date.now() + aheadMs) }));
  const clock = createSystemClock();
  const heard = new HeardTime(clock);
  const heardDate = (date: unknown): void => heard.hear(date);
  const { inspection } = await createRoute53({ endpoint: server.endpoint, heardDate });
  const seen = new PreflightWorld();
  const [check] = await lookAtClock({ ...seen.ports, inspection, clock }, await seen.plan(), signal);
  return { check, offsetMs: heard.offsetMs() };
}

describe("fault 25: a Date in Route 53's answers that is minutes off", () => {
  test('fault 25: refuses a start, with the direction and what to type', async () => {
    const late = await lookedAt(330_000);
    expect(late.check).toMatchObject({
      verdict: 'refused',
      fact: expect.stringMatching(
        /clock is 5m(2\d|30)s\S* behind Amazon's; AWS refuses signatures/,
      ) as unknown,
      fix: expect.stringContaining('timedatectl') as unknown,
    });
    expect(late.offsetMs).toBeGreaterThan(300_000);
    const early = await lookedAt(-330_000);
    expect(early.check?.fact).toMatch(/clock is 5m3\ds\S* ahead of Amazon's/);
    expect(early.offsetMs).toBeLessThan(-300_000);
  });

  test('and one that is right passes', async () => {
    const { check, offsetMs } = await lookedAt(0);
    expect(check?.verdict).toBe('ok');
    expect(offsetMs).toBe(0);
  });
});

/** A world that is rebooted with its clock set wrong by so much, of which the answers of Route 53 tell, or not. */
async function rebooted(wrongMs: number, isHeard: boolean): Promise<string[]> {
  const world = new World();
  const id = await world.startedAt(10);
  await world.ticks(id, 2);
  world.bootId = 'boot-2';
  world.monotonic = 0;
  world.now += wrongMs;
  const serverTime = { offsetMs: () => (isHeard ? -wrongMs : 0) };
  const migrations = new Migrations({ ...world.engineOf('host/boot-2/1'), serverTime });
  world.gone.add('host/boot-1/1');
  const { events } = value(await migrations.tickOnce(id, signal));
  return events.flatMap((event) => (event.type === 'gap-found' ? [event.because] : []));
}

describe('fault 25: after a reboot the gap is judged by the dates of the answers', () => {
  test('a clock that came back ahead is a jump and not a time in which nobody looked', async () => {
    expect(await rebooted(300_000, false)).toEqual(['nobody looked for 5m1s']);
    expect(await rebooted(300_000, true)).toEqual([
      "the clock jumped forward by 5m, by the dates of Amazon's answers",
    ]);
  });

  test('a clock that came back behind is found, which without them nobody could', async () => {
    expect(await rebooted(-300_000, false)).toEqual([]);
    expect(await rebooted(-300_000, true)).toEqual([
      "the clock jumped back by 5m, by the dates of Amazon's answers",
    ]);
  });
});
