import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MetricSeries } from '../../../src/core/metric/metric-series.js';
import { instant, millis } from '../../../src/core/time.js';
import {
  bucketMs,
  clock,
  heardSince,
  hosts,
  query,
  quick,
  readUntil,
  RouterWorld,
  settled,
  sum,
  windowSince,
} from './router-world.js';

const never = new AbortController().signal;
const both = [query('requests'), query('errors')];
const [www, shop] = hosts;

let world: RouterWorld;
beforeEach(async () => {
  world = await RouterWorld.start();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

function until(at: number): Promise<void> {
  return clock.sleep(Math.max(0, at - clock.now()), never);
}

/** So many requests at once; answers how many of them failed. */
async function ask(count: number, host: string = www): Promise<number> {
  const statuses = await Promise.all(Array.from({ length: count }, () => world.ask(host)));
  expect(statuses).not.toContain(0);
  return statuses.filter((status) => status >= 500).length;
}

/** Points of buckets that begin in `[from, to)`, in order. */
function values({ points }: MetricSeries, from: number, to = Infinity): number[] {
  return points.filter(([at]) => at >= from && at < to).map(([, value]) => value);
}

// Real sockets on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 60_000 });

describe('what the router served', () => {
  test.each(['router-2.0', 'legacy'] as const)('is counted exactly, in lines of %s', async (generation) => {
    await using labelled = await RouterWorld.start(generation);
    const source = labelled.source();
    const from = await heardSince(source, both);
    await until(from);
    await labelled.router.change({ errors: { status: 503, fraction: 0.3 } });
    let failed = 0;
    for (let round = 0; round < 5; round += 1) {
      const statuses = await Promise.all(Array.from({ length: 20 }, () => labelled.ask(www)));
      failed += statuses.filter((status) => status === 503).length;
      await clock.sleep(120, never);
    }
    expect(failed).toBeGreaterThan(0);
    const [requests, errors] = await settled(source, both, from);
    expect(sum(requests!)).toBe(100);
    expect(sum(errors!)).toBe(failed);
    const series = await source.read(both, { ...windowSince(from), end: requests!.settledTo }, never);
    const aligned = Math.floor(requests!.settledTo / bucketMs) * bucketMs;
    const [whole] = await source.read(both, { ...windowSince(from), end: instant(aligned) }, never);
    expect(series).toHaveLength(2);
    expect(whole).toMatchObject({ status: 'complete', warnings: [] });
  });

  test('equals what the router itself counted, canaries taken off and probes not', async () => {
    const source = world.source();
    const from = await heardSince(source, both);
    await until(from);
    await world.router.change({ errors: { status: 500, fraction: 0.5 } });
    let canaries = 0;
    world.router.onServed(({ headers }) => {
      if (String(headers['x-request-id']).startsWith('shift-canary-')) canaries += 1;
    });
    const before = world.router.load().reduce((total, { requests }) => total + requests, 0);
    await ask(40);
    for (let probe = 0; probe < 5; probe += 1)
      await world.ask(www, '/healthz', `shift-${'0'.repeat(23)}${probe}`);
    const after = world.router.load().reduce((total, { requests }) => total + requests, 0);
    const [requests] = await settled(source, both, from);
    expect(sum(requests!)).toBe(45);
    expect(after - before).toBeGreaterThanOrEqual(45);
    expect(after - before).toBeLessThanOrEqual(45 + canaries);
  });

  test('is known to be nothing where nobody came, because canaries did', async () => {
    const source = world.source();
    const from = await heardSince(source, both);
    await until(from + 2 * bucketMs);
    const series = await settled(source, both, from);
    for (const one of series) expect(values(one, from, from + 2 * bucketMs)).toEqual([0, 0]);
  });

  test('is kept apart for two hosts of one app, over one session', async () => {
    const queries = [...both, query('requests', shop), query('errors', shop)];
    const source = world.source();
    const from = await heardSince(source, queries);
    await until(from);
    await ask(7, www);
    await ask(11, shop);
    const series = await settled(source, queries, from);
    expect(series.map((one) => sum(one))).toEqual([7, 0, 11, 0]);
    expect(series.map(({ id }) => id)).toEqual(queries.map(({ id }) => id));
    await source.read([query('requests', shop)], windowSince(from), never);
    expect(world.sessions.created).toBe(1);
  });

  test('was not heard before reading began', async () => {
    await ask(5);
    const begun = clock.now();
    const source = world.source();
    const series = await readUntil(
      source,
      both,
      begun - 10 * bucketMs,
      ([one]) => (one?.points.length ?? 0) > 0,
    );
    expect(series[0]?.points.every(([at]) => at >= begun - bucketMs)).toBe(true);
    expect(series[0]?.status).toBe('partial');
    expect(series[0]?.warnings.join()).toContain('has been read since');
  });
});

describe('what was not heard is unknown', () => {
  test('while the log is late, and known once it has come', async () => {
    const source = world.source({ times: () => ({ ...quick, canaryTimeoutMs: 20_000 }) });
    const from = await heardSince(source, both);
    await until(from);
    world.metrics.change({ delayMs: 2_000 });
    await ask(9);
    const at = clock.now();
    await until(at + bucketMs);
    const [early] = await source.read(both, windowSince(from), never);
    expect(sum(early!)).toBe(0);
    expect(early!.settledTo).toBeLessThan(at);
    expect(early).toMatchObject({ status: 'partial' });
    const [late] = await settled(source, both, from);
    expect(sum(late!)).toBe(9);
  });

  test('when the log falls silent, and a new session is asked for', async () => {
    const source = world.source({ times: () => ({ ...quick, canaryTimeoutMs: 1_000 }) });
    const from = await heardSince(source, both);
    world.metrics.change({ silenced: true });
    const silencedAt = clock.now();
    await ask(5);
    await expect.poll(() => world.sessions.created, { timeout: 20_000 }).toBeGreaterThan(1);
    const [silent] = await source.read(both, windowSince(from), never);
    expect(silent!.settledTo).toBeLessThan(silencedAt + bucketMs);
    world.metrics.change({ silenced: false });
    const heardAgain = clock.now();
    const [series] = await settled(source, both, from);
    expect(series!.points.filter(([at]) => at >= silencedAt && at + bucketMs <= heardAgain)).toEqual([]);
    expect(series!.warnings.join()).toContain('lines of the router log were lost');
  });

  test('when lines are lost and the log says so', async () => {
    const source = world.source();
    const from = await heardSince(source, both);
    await until(from);
    world.logs.lose(1);
    const lostAt = clock.now();
    await ask(5);
    world.logs.lose(0);
    const [series] = await settled(source, both, from);
    expect(series!.points.some(([at]) => at <= lostAt && lostAt < at + bucketMs)).toBe(false);
    expect(series!.status).toBe('partial');
  });

  test('between two connections', async () => {
    const source = world.source();
    const from = await heardSince(source, both);
    await until(from);
    const cutAt = clock.now();
    world.sessions.disconnect();
    const [series] = await settled(source, both, from);
    const [again] = await readUntil(source, both, from, ([one]) => one!.points.some(([at]) => at > cutAt));
    expect(again!.points.some(([at]) => at <= cutAt && cutAt < at + bucketMs)).toBe(false);
    expect(series!.status).toBe('partial');
    expect(world.sessions.created).toBe(1);
  });

  test('after a session has ended, until the next is heard', async () => {
    const source = world.source();
    const from = await heardSince(source, both);
    world.sessions.expire();
    world.sessions.disconnect();
    await readUntil(source, both, clock.now(), ([one]) => one!.points.length > 0);
    expect(world.sessions.created).toBe(2);
    expect(from).toBeLessThan(clock.now());
  });

  test('when neither users nor our own requests are heard', async () => {
    const source = world.source({ sendCanary: () => Promise.resolve(false) });
    await readUntil(source, both, clock.now(), () => world.sessions.open === 1);
    const from = clock.now();
    await until(from + 2 * bucketMs);
    const [quiet] = await source.read(both, windowSince(from), never);
    expect(quiet).toMatchObject({ points: [], status: 'partial' });
    // A user proves as much as a canary, only later.
    await readUntil(source, both, from, ([one]) => {
      void world.ask(www);
      return one!.points.length > 0;
    });
  });
});

describe('a log that may not be read', () => {
  test('with a wrong token says so', async () => {
    const source = world.source({ token: 'other' });
    const [series] = await readUntil(source, both, clock.now(), ([one]) => one!.status === 'denied');
    expect(series!.warnings.join()).toContain('Heroku does not accept the token in HEROKU_API_KEY');
    expect(await source.check(both, never)).toMatchObject({ ok: false, error: { reason: 'denied' } });
  });

  test('with a token that may only read says which one may', async () => {
    world.sessions.change({ forbidden: true });
    expect(await world.source().check(both, never)).toMatchObject({
      error: {
        reason: 'denied',
        provider: 'heroku',
        operation: 'Log Session Create',
        message: expect.stringContaining('heroku authorizations:create --short --scope read,write') as string,
      },
    });
  });

  test('without a token says what to type', async () => {
    expect(await world.source({ token: null }).check(both, never)).toMatchObject({
      error: { reason: 'denied', message: expect.stringContaining('set HEROKU_API_KEY') as string },
    });
  });

  test('of an app that is not there', async () => {
    const spec = {
      source: 'heroku-router',
      app: 'no-app',
      route: { dnsName: 'a.herokudns.com.', port: 443, path: '/' },
      measure: { kind: 'requests' },
    } as const;
    expect(await world.source().check([{ ...query('requests'), spec }], never)).toMatchObject({
      error: { reason: 'not-found' },
    });
  });

  test('of a server that is not there', async () => {
    const source = world.source({ host: 'http://127.0.0.1:1', checkTimeoutMs: 300 });
    expect(await source.check(both, never)).toMatchObject({ error: { reason: 'unavailable' } });
    const [series] = await readUntil(source, both, clock.now(), ([one]) => one!.status === 'error');
    expect(series!.warnings.join()).toContain('ECONNREFUSED');
  });
});

describe('a check', () => {
  test('hears the log of an app without users, and leaves nothing open', async () => {
    const checked = await world.source().check(both, never);
    expect(checked).toMatchObject({ ok: true });
    expect(checked.ok && checked.value).toMatch(
      /^the router log of my-app is heard: a request of our own came through it within \S+$/,
    );
    await expect.poll(() => world.sessions.open, { timeout: 20_000 }).toBe(0);
  });

  test('tells a silent log from one that is heard', async () => {
    world.metrics.change({ silenced: true });
    const checked = await world.source({ checkTimeoutMs: 4_000 }).check(both, never);
    expect(checked).toMatchObject({ error: { reason: 'unavailable' } });
    expect(!checked.ok && checked.error.message).toContain(
      'our own requests were answered and their lines did not come',
    );
  });

  test('says when nothing of ours was answered', async () => {
    const source = world.source({ checkTimeoutMs: 4_000, sendCanary: () => Promise.reject(new Error('no')) });
    const checked = await source.check(both, never);
    expect(!checked.ok && checked.error.message).toContain('heroku domains');
  });

  test('uses the log that is being read', async () => {
    const source = world.source();
    await heardSince(source, both);
    expect(await source.check(both, never)).toMatchObject({ ok: true });
    expect(world.sessions.created).toBe(1);
  });

  test('ends with the signal', async () => {
    world.metrics.change({ silenced: true });
    const ended = AbortSignal.timeout(50);
    expect(await world.source().check(both, ended)).toMatchObject({ error: { reason: 'unknown' } });
  });

  test('needs a query of its kind', async () => {
    expect(await world.source().check([], never)).toMatchObject({ error: { reason: 'invalid' } });
  });
});

describe('a process that ticks once', () => {
  test('has no series but a warning, opens nothing, and can still check', async () => {
    const source = world.source({ isLongLived: false });
    const window = windowSince(clock.now());
    expect(await source.read(both, window, never)).toEqual(
      both.map(({ id }) => ({
        id,
        points: [],
        status: 'empty',
        settledTo: window.start,
        warnings: ['router logs need the daemon or start --watch'],
      })),
    );
    expect(world.sessions.created).toBe(0);
    const checked = await source.check(both, never);
    expect(checked.ok && checked.value).toContain('router logs need the daemon or start --watch');
  });
});

describe('bounds', () => {
  test('at most eight logs are read at a time', async () => {
    const source = world.source();
    for (let length = 1; length <= 8; length += 1) {
      const window = { start: instant(0), end: instant(length * 1_000), bucketMs: millis(length * 1_000) };
      expect((await source.read(both, window, never))[0]?.status).toBe('partial');
    }
    const [ninth] = await source.read(both, windowSince(clock.now()), never);
    expect(ninth).toMatchObject({ status: 'error', warnings: ['at most 8 router logs are read at a time'] });
  });

  test.each([
    ['a window without end', { start: 0, end: 1e12, bucketMs: 1_000 }, 'at most 20000 buckets'],
    ['buckets too short', { start: 0, end: 10, bucketMs: 1 }, 'buckets must cover'],
  ])('%s is refused and nothing is thrown', async (_name, { start, end, bucketMs: length }, warning) => {
    const window = { start: instant(start), end: instant(end), bucketMs: millis(length) };
    const [series] = await world.source().read(both, window, never);
    expect(series).toMatchObject({ status: 'error', points: [] });
    expect(series?.warnings.join()).toContain(warning);
  });

  test('a query of another source is answered as such', async () => {
    const spec = { source: 'prometheus', server: {}, query: 'up' } as never;
    const [series] = await world
      .source()
      .read([{ ...query('requests'), spec }], windowSince(clock.now()), never);
    expect(series).toMatchObject({ status: 'error' });
  });

  test('a log nobody asks for any more is let go', async () => {
    const source = world.source({ times: () => ({ ...quick, idleMs: 2_500 }) });
    await source.read(both, windowSince(clock.now()), never);
    await expect.poll(() => world.sessions.open, { timeout: 20_000 }).toBe(1);
    await expect.poll(() => world.sessions.open, { timeout: 20_000 }).toBe(0);
    await source.read(both, windowSince(clock.now()), never);
    await expect.poll(() => world.sessions.created, { timeout: 20_000 }).toBe(2);
  });

  test('disposing ends every connection, and nothing is opened after it', async () => {
    const source = world.source();
    await heardSince(source, both);
    await source[Symbol.asyncDispose]();
    await expect.poll(() => world.sessions.open, { timeout: 20_000 }).toBe(0);
    expect((await source.read(both, windowSince(clock.now()), never))[0]?.status).toBe('error');
  });
});
