import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDrainFrame } from '../../../src/core/router-log/drain-frame.js';
import { latencyCount, latencyQuantileMs } from '../../../src/core/router-log/latency-histogram.js';
import { maxLineBytes } from '../../../src/core/router-log/line-buffer.js';
import { RouterLog, type CanaryLine, type RouterBucket } from '../../../src/core/router-log/router-log.js';
import { drainLine, plain, requestId, sessionLine, time, timeMs } from './lines.js';
import { vectors } from './vectors.js';

const bucketMs = 10_000;
const start = Math.floor(timeMs / bucketMs) * bucketMs;
const nowMs = timeMs + 1_000;
const host = 'shop.example.com';

function newLog(hosts: readonly string[] = [host]): RouterLog {
  return new RouterLog({ hosts, bucketMs, buckets: 60, seed: 12_345 });
}

let lastId = 0;
/** A plain line with an id of its own. */
function line(change: (text: string) => string = (text) => text, atMs = timeMs): string {
  lastId += 1;
  const id = `00000000-0000-4000-8000-${String(lastId).padStart(12, '0')}`;
  return sessionLine(change(plain.replace(requestId, id)), new Date(atMs).toISOString());
}

function push(log: RouterLog, text: string, at = nowMs): readonly CanaryLine[] {
  return log.push(Buffer.from(text), at);
}

/** The bucket of `timeMs`. */
function bucket(log: RouterLog, of = host): RouterBucket {
  const [found] = log.read(of, start, start + bucketMs);
  if (found === undefined) throw new Error('the bucket is not kept');
  return found;
}

describe('buckets', () => {
  test('begin at multiples of their length since the epoch', () => {
    const log = newLog();
    push(
      log,
      line((text) => text, start) +
        line((text) => text, start + bucketMs - 1) +
        line((text) => text, start + bucketMs),
    );
    const found = log.read(host, start - bucketMs, start + 2 * bucketMs);
    expect(found.map(({ startMs, total }) => [startMs, total])).toEqual([
      [start - bucketMs, 0],
      [start, 2],
      [start + bucketMs, 1],
    ]);
  });

  test('a window that cuts buckets holds only those that begin in it', () => {
    expect(newLog().read(host, start + 1, start + bucketMs)).toEqual([]);
    const log = newLog();
    push(log, line());
    expect(log.read(host, start - 1, start + 1).map(({ startMs }) => startMs)).toEqual([start]);
  });

  test('count every vector by its verdict', () => {
    const log = newLog([host, 'shop-0a1b2c3d4e5f.herokuapp.com']);
    // Most vectors share one request id; their time stamps tell them apart.
    vectors.forEach(({ message }, index) =>
      push(log, sessionLine(message, new Date(start + index).toISOString())),
    );
    expect(bucket(log)).toMatchObject({
      total: 21,
      bad: 7,
      excluded: 3,
      misrouted: 1,
      ambiguous: 1,
      platform: 1,
      unparsed: 0,
      lost: false,
    });
    expect(bucket(log).codes.get('H12')).toBe(2);
    expect([...bucket(log).codes.values()].reduce((sum, count) => sum + count)).toBe(12);
    expect(bucket(log, 'shop-0a1b2c3d4e5f.herokuapp.com')).toMatchObject({ total: 1, bad: 0 });
    expect(log.totals).toMatchObject({ lines: 28, counted: 28, duplicates: 0, unparsed: 0 });
  });

  test('time only requests of the app that are no websockets', () => {
    const log = newLog();
    push(
      log,
      line() + line((text) => text.replace('service=12ms status=200', 'service=1843220ms status=101')),
    );
    push(
      log,
      line((text) => text.replace('service=12ms', 'service=')),
    );
    push(
      log,
      line((text) =>
        text.replace('at=info', 'at=error code=H27 desc="x"').replace('service=12ms', 'service=900ms'),
      ),
    );
    push(
      log,
      line((text) =>
        text.replace('at=info', 'at=error code=H12 desc="x"').replace('service=12ms', 'service=30000ms'),
      ),
    );
    const { latency, total } = bucket(log);
    expect(total).toBe(4);
    expect(latencyCount(latency)).toBe(2);
    expect(latencyQuantileMs(latency, 0.5)).toBe(12);
  });

  test('know their hosts in any case and with a port, and leave out every other', () => {
    const log = newLog();
    push(
      log,
      line((text) => text.replace(host, 'SHOP.Example.com')) +
        line((text) => text.replace(host, `${host}:443`)),
    );
    for (const other of [
      'shop.example.co',
      'shop.example.com.evil.example',
      'xshop.example.com',
      'shop@example.com',
      '',
    ]) {
      push(
        log,
        line((text) => text.replace(host, other)),
      );
    }
    expect(bucket(log).total).toBe(2);
    expect(log.totals).toMatchObject({ counted: 2, otherHosts: 5 });
  });

  test('a host that is not counted is a mistake of the program', () => {
    expect(() => newLog().read('other.example.com', 0, 1)).toThrow('other.example.com');
  });
});

describe('canaries', () => {
  const id = 'shift-canary-0123456789abcdef';

  test('are left out and named, with the time of their lines', () => {
    const log = newLog();
    const own = push(log, line() + sessionLine(plain.replace(requestId, id)) + line());
    expect(own).toEqual([{ requestId: id, atMs: timeMs }]);
    expect(bucket(log).total).toBe(2);
    expect(push(log, line())).toEqual([]);
  });

  test('also when they failed', () => {
    const log = newLog();
    push(log, sessionLine(plain.replace(requestId, id).replace('status=200', 'status=503')));
    expect(bucket(log)).toMatchObject({ total: 0, bad: 0 });
  });

  test('from the future prove nothing', () => {
    const log = newLog();
    expect(
      push(log, sessionLine(plain.replace(requestId, id), new Date(nowMs + 121_000).toISOString())),
    ).toEqual([]);
    expect(log.totals).toMatchObject({ canaries: 0, outOfTime: 1 });
  });

  test('are not the health probes, which count as they do at every balancer', () => {
    const log = newLog();
    expect(push(log, sessionLine(plain.replace(requestId, 'shift-0123456789abcdef01234567')))).toEqual([]);
    expect(bucket(log).total).toBe(1);
  });

  test('forged by the million cost no memory', () => {
    const log = newLog();
    const forged = sessionLine(plain.replace(requestId, 'shift-canary-1')).repeat(1_500);
    const long = sessionLine(plain.replace(requestId, `shift-canary-${'a'.repeat(200)}`));
    expect(push(log, forged + long)).toHaveLength(1_000);
    expect(log.totals.canaries).toBe(1_501);
  });
});

describe('limits of the response time', () => {
  test('count the timed requests above them, exactly', () => {
    const log = new RouterLog({ hosts: [host], bucketMs, buckets: 60, seed: 1, limitsMs: [500, 501] });
    for (const ms of [499, 500, 501, 502]) {
      push(
        log,
        line((text) => text.replace('service=12ms', `service=${ms}ms`)),
      );
    }
    push(
      log,
      line((text) => text.replace('service=12ms status=200', 'service=900000ms status=101')),
    );
    expect([...bucket(log).slower]).toEqual([2, 1]);
    expect([
      ...log.read(host, start + bucketMs, start + 2 * bucketMs).map(({ slower }) => [...slower]),
    ]).toEqual([[0, 0]]);
  });

  test('are few', () => {
    const limitsMs = Array.from({ length: 17 }, (_, index) => index);
    expect(() => new RouterLog({ hosts: [host], bucketMs, buckets: 60, seed: 1, limitsMs })).toThrow(
      'at most 16',
    );
  });
});

describe('lines that come again', () => {
  test('count once, with and without an id', () => {
    const log = newLog();
    const old = sessionLine(vectors[5]!.message);
    push(log, line() + old);
    lastId -= 1;
    push(log, line() + old);
    expect(bucket(log).total).toBe(2);
    expect(log.totals.duplicates).toBe(2);
  });

  test('a whole replay of logplex history changes nothing', () => {
    const log = newLog();
    const history = Array.from({ length: 1_500 }, () => line()).join('');
    push(log, history);
    push(log, history);
    expect(bucket(log).total).toBe(1_500);
  });

  test('a proxy that sends one id for every request does not hide them', () => {
    const log = newLog();
    for (let ms = 0; ms < 5; ms += 1) push(log, sessionLine(plain, new Date(timeMs + ms).toISOString()));
    expect(bucket(log).total).toBe(5);
  });
});

describe('loss', () => {
  const notice = (text: string): string => `${time} heroku[logplex]: ${text}\n`;

  test.each([
    'Error L10 (Drain buffer overflow) -> 491 messages dropped since 2026-11-05T12:34:31+00:00',
    'Error L11 (Tail buffer overflow) -> This tail session dropped 491 messages since 2026-11-05T12:34:31.000000+00:00',
    'Error L12 (Local buffer overflow) -> 491 messages dropped since 2026-11-05T12:34:31+00:00.',
    'Error L13 (Local delivery error) -> 491 messages dropped since 2026-11-05T12:34:31+00:00',
    'Error L15 (Tail buffer temporarily unavailable) -> 491 messages lost since 2026-11-05T12:34:31+00:00',
  ])('%s: every bucket since then is no evidence', (text) => {
    const log = newLog();
    push(log, line() + notice(text) + line());
    const found = log.read(host, start - 3 * bucketMs, start + 2 * bucketMs);
    expect(found.map(({ lost }) => lost)).toEqual([false, true, true, true, false]);
    expect(bucket(log).total).toBe(2);
    expect(log.totals).toMatchObject({ lossNotices: 1, droppedMessages: 491, other: 1 });
  });

  test('a notice that does not say since when takes the bucket before with it', () => {
    const log = newLog();
    push(log, notice('Error L15 (Tail buffer temporarily unavailable) -> The tail buffer is unavailable'));
    expect(log.read(host, start - 2 * bucketMs, start + bucketMs).map(({ lost }) => lost)).toEqual([
      false,
      true,
      true,
    ]);
    expect(log.lastNotice).toEqual({ code: 'L15', dropped: null, sinceMs: null });
  });

  test('a notice from before the oldest bucket loses what is kept and no more', () => {
    const log = newLog();
    push(log, notice('Error L11 (Tail buffer overflow) -> dropped 5 messages since 1970-01-01T00:00:00Z'));
    const all = log.read(host, 0, nowMs);
    expect(all.length).toBeLessThanOrEqual(60);
    expect(all.every(({ lost }) => lost)).toBe(true);
  });

  test.each([
    [
      'an app that logs such a line',
      `${time} app[web.1]: Error L11 (Tail buffer overflow) -> dropped 5 messages\n`,
    ],
    [
      'a path that holds such a line',
      line((text) => text.replace('path="/"', 'path="/ heroku[logplex]: Error L11"')),
    ],
    ['L14, a certificate of a drain', notice('Error L14 (Certificate validation error)')],
    ['an error nobody knows', notice('Error L99 (?)')],
  ])('%s is none', (_name, text) => {
    const log = newLog();
    push(log, text);
    expect(bucket(log).lost).toBe(false);
    expect(log.totals.lossNotices).toBe(0);
  });

  test('vector 29: a drain frame with a notice in front', () => {
    const log = newLog();
    const loss = `<172>1 ${time} host heroku logplex - Error L10 (output buffer overflow): 7 messages dropped since ${time}.\n`;
    const lines = [loss, drainLine(plain)].map((text) => `${text.length} ${text}`).join('');
    const frame = readDrainFrame(Buffer.from(lines), 2);
    if (frame.ok) log.push(frame.value.lines, nowMs);
    expect(bucket(log)).toMatchObject({ total: 1, lost: true });
  });

  test('what the reader knows to be missing counts as well', () => {
    const log = newLog();
    log.lose(0, start + 1, nowMs);
    expect(bucket(log).lost).toBe(true);
    expect(log.read(host, start + bucketMs, start + 2 * bucketMs)[0]?.lost).toBe(false);
  });

  test('a bucket that takes the place of a lost one is not lost', () => {
    const log = newLog();
    log.lose(start, start, nowMs);
    const later = 60 * bucketMs;
    push(
      log,
      line((text) => text, timeMs + later),
      nowMs + later,
    );
    expect(log.read(host, start + later, start + later + bucketMs)).toMatchObject([
      { total: 1, lost: false },
    ]);
    expect(log.read(host, start, start + bucketMs)).toEqual([]);
  });
});

describe('chunks', () => {
  const text = [
    line(),
    line((plainText) => plainText.replace('path="/"', 'path="/é 語"')),
    line((plainText) => plainText.replace('status=200', 'status=500')),
    `${time} app[web.1]: hello\n\n`,
    line().replace('\n', '\r\n'),
    sessionLine('at=info nonsense'),
    sessionLine(plain.replace(requestId, 'shift-canary-abc')),
  ].join('');
  const whole = newLog();
  push(whole, text);

  test('may be cut anywhere, within characters too', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        const log = newLog();
        const bytes = Buffer.from(text);
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length]!;
          log.push(bytes.subarray(at, at + size), nowMs);
          at += size;
        }
        expect(bucket(log)).toEqual(bucket(whole));
        expect(log.totals).toEqual(whole.totals);
      }),
    );
    expect(bucket(whole)).toMatchObject({ total: 4, bad: 1, unparsed: 1 });
  });

  test('a line that the end of a stream cut in two is not glued to the next stream', () => {
    const log = newLog();
    push(log, line().slice(0, 100));
    log.cut();
    push(log, line());
    expect(log.totals).toMatchObject({ lines: 1, counted: 1, unparsed: 0 });
  });
});

describe('hostile input', () => {
  test('a line without end is dropped, counted once, and the next line is read', () => {
    const log = newLog();
    for (let sent = 0; sent < 50; sent += 1) push(log, 'a'.repeat(100_000));
    push(log, `\n${line()}`);
    expect(log.totals).toMatchObject({ lines: 2, unparsed: 1, counted: 1 });
    expect(bucket(log)).toMatchObject({ total: 1, unparsed: 1 });
  });

  test('a line of exactly the limit is read, one byte more is dropped', () => {
    const log = newLog();
    const empty = line((text) => text.replace('path="/"', 'path=""'));
    const path = 'a'.repeat(maxLineBytes - empty.length);
    push(log, empty.replace('path=""', `path="${path}"`));
    push(log, empty.replace('path=""', `path="${path}a"`));
    expect(log.totals).toMatchObject({ counted: 1, unparsed: 1 });
  });

  test('times far from now move no bucket', () => {
    const log = newLog();
    push(log, line());
    for (const at of [
      '1970-01-01T00:00:00Z',
      '2026-11-05T11:00:00Z',
      '2026-11-05T12:40:00Z',
      '9999-12-31T23:59:60Z',
    ]) {
      push(log, line().replace(/^\S+/, at) + sessionLine('at=info nonsense', at));
    }
    expect(bucket(log).total).toBe(1);
    expect(log.totals).toMatchObject({ counted: 1, outOfTime: 4, unparsed: 4 });
    expect(log.latestLineMs).toBe(timeMs);
  });

  test('any bytes in any chunks: no throw, every line is counted as something', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom(...vectors.map(({ message }) => Buffer.from(sessionLine(message)))),
      fc
        .constantFrom('\n', '<134>1 ', `${time} heroku[router]: `, ' host=', '"')
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const log = newLog();
        for (const bytes of pieces) log.push(bytes, nowMs);
        const { lines, counted, other, otherHosts, canaries, duplicates, unparsed, outOfTime } = log.totals;
        expect(counted + other + otherHosts + canaries + duplicates + unparsed + outOfTime).toBe(lines);
        expect(lines).toBe(Buffer.concat(pieces).filter((byte) => byte === 10).length);
      }),
      { numRuns: 1_000 },
    );
  });

  test('memory does not grow with lines, ids, hosts or time', () => {
    const log = newLog();
    const used = (): number => process.memoryUsage().arrayBuffers;
    const flood = (round: number): void => {
      for (let index = 0; index < 20; index += 1) {
        const at = nowMs + (round * 20 + index) * bucketMs;
        push(log, Array.from({ length: 500 }, () => line((text) => text, at)).join(''), at);
      }
    };
    for (let round = 0; round < 5; round += 1) flood(round);
    const before = used();
    for (let round = 5; round < 15; round += 1) flood(round);
    expect(log.totals.counted).toBe(150_000);
    expect(used() - before).toBeLessThan(4 * 1024 * 1024);
  });

  test('settings that could hold nothing or too much are refused', () => {
    const settings = { hosts: [host], bucketMs, buckets: 60, seed: 1 };
    for (const wrong of [
      { buckets: 20 },
      { buckets: 1e6 },
      { bucketMs: 0 },
      { hosts: Array<string>(101).fill(host) },
    ]) {
      expect(() => new RouterLog({ ...settings, ...wrong })).toThrow(RangeError);
    }
  });
});
