import { createSecureContext } from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.js';
import { RouterTail, type CreateLogSession } from '../../../src/adapters/heroku-logs/router-tail.js';
import { RouterLog, type RouterBucket } from '../../../src/core/router-log/router-log.js';
import { err, ok } from '../../../src/core/result.js';
import { instant } from '../../../src/core/time.js';
import { event, events, LogServer, refuse, text, type Answer } from './log-server.js';

const host = 'shop.example.com';
const bucketMs = 50;
const clock = createSystemClock();

let lastId = 0;
function line(id = `id-${(lastId += 1)}`, agoMs = 0): string {
  const at = new Date(clock.now() - agoMs).toISOString();
  return `${at} heroku[router]: at=info method=GET path="/é" host=${host} request_id=${id} fwd="203.0.113.7" dyno=web.1 connect=0ms service=12ms status=200 bytes=512 protocol=http1.1 tls=true tls_version=tls1.3\n`;
}

interface Running {
  readonly tail: RouterTail;
  readonly log: RouterLog;
  readonly server: LogServer;
  readonly sessions: string[];
  stop(): Promise<void>;
}

const running: Running[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) {
    await one.stop();
    await one.server[Symbol.asyncDispose]();
  }
});

/** A tail against a real server; every session has a path of its own. */
async function start(answers: readonly Answer[], create?: CreateLogSession): Promise<Running> {
  const server = await LogServer.start(...answers);
  const sessions: string[] = [];
  const createSession: CreateLogSession = () => {
    const path = `/sessions/${sessions.length + 1}?secret=s3cret`;
    sessions.push(path);
    return Promise.resolve(ok(server.url(path)));
  };
  const log = new RouterLog({ hosts: [host], bucketMs, buckets: 6_000, seed: 1 });
  const tail = new RouterTail({
    createSession: create ?? createSession,
    sink: log,
    clock,
    canaryTimeoutMs: 200,
    lineDelayMs: 10_000,
    roots: () => createSecureContext(),
    openTimeoutMs: 1_000,
    firstWaitMs: 5,
    longestWaitMs: 40,
  });
  const controller = new AbortController();
  const ended = tail.run(controller.signal);
  const stop = async (): Promise<void> => {
    controller.abort();
    await ended;
  };
  const one = { tail, log, server, sessions, stop };
  running.push(one);
  return one;
}

function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 5_000, interval: 5 });
}

function counted({ log }: Running): number {
  return log.totals.counted;
}

/** Long enough for a bucket that the opening of a stream did not touch. */
function aWhile(): Promise<void> {
  return clock.sleep(3 * bucketMs, new AbortController().signal);
}

function bucketAt({ log }: Running, at: number): RouterBucket | undefined {
  const startMs = Math.floor(at / bucketMs) * bucketMs;
  return log.read(host, startMs, startMs + bucketMs)[0];
}

describe('one session', () => {
  test('as server-sent events, asked for as such', async () => {
    const one = await start([events(line(), line())]);
    await until(() => expect(counted(one)).toBe(2));
    expect(one.server.requests[0]?.headers).toMatchObject({
      accept: 'text/event-stream',
      'user-agent': 'shift',
    });
    expect(one.server.requests[0]?.headers['last-event-id']).toBeUndefined();
    expect(one.tail.status()).toMatchObject({ connected: true, sessions: 1, connections: 1, trouble: null });
  });

  test('as plain text', async () => {
    const one = await start([text(line(), line())]);
    await until(() => expect(counted(one)).toBe(2));
    one.server.current?.write(line());
    await until(() => expect(counted(one)).toBe(3));
  });

  test.each([
    ['events', (whole: string) => event(whole, '1'), events()],
    ['text', (whole: string) => whole, text()],
  ])('as %s in chunks that cut lines and characters', async (_name, framed, answer) => {
    const one = await start([answer]);
    await until(() => expect(one.tail.status().connected).toBe(true));
    const bytes = Buffer.from(framed(line()));
    const middle = bytes.indexOf('é') + 1;
    for (const part of [bytes.subarray(0, 10), bytes.subarray(10, middle), bytes.subarray(middle)]) {
      one.server.current?.write(part);
      await clock.sleep(15, new AbortController().signal);
    }
    await until(() => expect(counted(one)).toBe(1));
    expect(one.log.totals.unparsed).toBe(0);
  });

  test('everything before it was opened is unknown, not zero', async () => {
    const before = clock.now();
    const one = await start([events()]);
    await until(() => expect(one.tail.status().connected).toBe(true));
    expect(bucketAt(one, before)?.lost).toBe(true);
    expect(bucketAt(one, before - 100_000)?.lost).toBe(true);
    await aWhile();
    expect(bucketAt(one, clock.now())?.lost).toBe(false);
  });

  test('L11 in band makes its stretch unknown', async () => {
    const one = await start([events()]);
    await until(() => expect(one.tail.status().connected).toBe(true));
    const now = clock.now() + 20_000;
    const since = new Date(now - 2_000).toISOString();
    const notice = `${new Date(now).toISOString()} heroku[logplex]: Error L11 (Tail buffer overflow) -> This tail session dropped 1101 messages since ${since}\n`;
    one.server.current?.write(event(notice, '2'));
    await until(() => expect(one.log.totals.lossNotices).toBe(1));
    const lost = [-2_100, -2_000, -1_000, 0, 100].map((ms) => bucketAt(one, now + ms)?.lost);
    expect(lost).toEqual([false, true, true, true, false]);
  });
});

describe('a stream that drops', () => {
  test('is resumed where it ended, and what comes again counts once', async () => {
    const [first, second, third] = [line(), line(), line()];
    const one = await start([
      (response, request) => {
        events(first, second)(response, request);
        setTimeout(() => response.destroy(), 30);
      },
      events(first, second, third),
    ]);
    await until(() => expect(counted(one)).toBe(3));
    expect(one.log.totals.duplicates).toBe(2);
    expect(one.server.requests.map(({ url }) => url)).toEqual([one.sessions[0], one.sessions[0]]);
    expect(one.server.requests[1]?.headers['last-event-id']).toBe('2');
    expect(one.tail.status()).toMatchObject({ connected: true, sessions: 1, connections: 2 });
  });

  test('leaves no half line behind', async () => {
    const cut = line().slice(0, 80);
    const one = await start([
      (response) => {
        response.writeHead(200, { 'content-type': 'text/plain' }).write(cut);
        setTimeout(() => response.destroy(), 30);
      },
      text(line()),
    ]);
    await until(() => expect(counted(one)).toBe(1));
    expect(one.log.totals.unparsed).toBe(0);
  });

  test('makes the stretch until the next one unknown', async () => {
    const one = await start([events(line()), refuse(503), refuse(503), events()]);
    await until(() => expect(counted(one)).toBe(1));
    await aWhile();
    const droppedAt = clock.now();
    expect(bucketAt(one, droppedAt)?.lost).toBe(false);
    one.server.current?.destroy();
    await until(() => expect(one.tail.status().connections).toBe(2));
    expect(bucketAt(one, droppedAt)?.lost).toBe(true);
    await aWhile();
    expect(bucketAt(one, clock.now())?.lost).toBe(false);
  });

  test('is trusted up to the last canary that was heard, and no further', async () => {
    const one = await start([events(), events()]);
    await until(() => expect(one.tail.status().connected).toBe(true));
    const openedAt = clock.now();
    await aWhile();
    const heardAt = clock.now();
    one.tail.expect('shift-canary-heard', heardAt);
    one.server.current?.write(event(line('shift-canary-heard'), '1'));
    await until(() => expect(one.tail.status().heardTo).toBe(heardAt));
    await aWhile();
    const quietAt = clock.now() - bucketMs;
    one.server.current?.destroy();
    await until(() => expect(one.tail.status().connections).toBe(2));
    expect([openedAt + 2 * bucketMs, heardAt, quietAt].map((at) => bucketAt(one, at)?.lost)).toEqual([
      false,
      true,
      true,
    ]);
  });

  test.each([403, 404, 410, 302])(
    'is replaced by a new session when its address answers %i',
    async (status) => {
      const one = await start([
        (response) =>
          response.writeHead(200, { 'content-type': 'text/event-stream' }).end(event(line(), '9')),
        refuse(status),
        events(line()),
      ]);
      await until(() => expect(counted(one)).toBe(2));
      expect(one.sessions).toHaveLength(2);
      expect(one.server.requests.map(({ url }) => url)).toEqual([
        one.sessions[0],
        one.sessions[0],
        one.sessions[1],
      ]);
      expect(one.server.requests[2]?.headers['last-event-id']).toBeUndefined();
    },
  );

  test('keeps its session through a 503 and a 429, and gets a new one after three of them', async () => {
    const one = await start([refuse(503), refuse(429), refuse(503), events(line())]);
    await until(() => expect(counted(one)).toBe(1));
    expect(one.server.requests.map(({ url }) => url)).toEqual([
      ...Array<string>(3).fill(one.sessions[0]!),
      one.sessions[1],
    ]);
  });

  test('again and again is tried ever more slowly', async () => {
    const one = await start([(response) => response.writeHead(200).end()]);
    const begun = clock.monotonicMs();
    await until(() => expect(one.server.requests.length).toBeGreaterThan(7));
    // 5, 10, 20 and then 40 ms each, a fifth less at the least.
    expect(clock.monotonicMs() - begun).toBeGreaterThan(0.8 * (5 + 10 + 20 + 40 * 4) - 10);
  });
});

describe('a silent stream', () => {
  const quiet = events();

  test('is left alone while no canary is due', async () => {
    const one = await start([quiet]);
    await until(() => expect(one.tail.status().connected).toBe(true));
    await clock.sleep(400, new AbortController().signal);
    expect(one.tail.status()).toMatchObject({ connected: true, connections: 1 });
  });

  test('is given up for a new session when a canary does not come, and its time is unknown', async () => {
    const one = await start([quiet, events(line())]);
    await until(() => expect(one.tail.status().connected).toBe(true));
    await aWhile();
    const sentAt = clock.now();
    expect(bucketAt(one, sentAt)?.lost).toBe(false);
    one.tail.expect('shift-canary-1', sentAt);
    await until(() => expect(counted(one)).toBe(1));
    expect(one.sessions).toHaveLength(2);
    expect(clock.now() - sentAt).toBeGreaterThanOrEqual(200);
    expect(bucketAt(one, sentAt)?.lost).toBe(true);
    expect(one.tail.status().heardTo).toBeLessThan(sentAt);
  });

  test('is alive as long as canaries come, and known up to the latest', async () => {
    const one = await start([quiet]);
    await until(() => expect(one.tail.status().connected).toBe(true));
    let sentAt = clock.now();
    for (let beat = 0; beat < 6; beat += 1) {
      sentAt = clock.now();
      one.tail.expect(`shift-canary-${beat}`, sentAt);
      one.server.current?.write(event(line(`shift-canary-${beat}`), `${beat}`));
      await clock.sleep(60, new AbortController().signal);
    }
    await until(() => expect(one.tail.status().heardTo).toBe(sentAt));
    expect(one.tail.status()).toMatchObject({ connected: true, connections: 1 });
    expect(one.log.totals).toMatchObject({ counted: 0, canaries: 6 });
  });

  test('a line of a user proves what is older by the time that lines overtake each other', async () => {
    const one = await start([quiet]);
    await until(() => expect(one.tail.status().connected).toBe(true));
    expect(one.tail.status().heardTo).toBeNull();
    one.server.current?.write(event(line(), '1'));
    await until(() => expect(one.tail.status().heardTo).toBe(one.log.latestLineMs - 10_000));
  });

  test('nothing is taken as heard that is younger than a canary whose line has not come', async () => {
    const one = await start([quiet]);
    await until(() => expect(one.tail.status().connected).toBe(true));
    const awaitedSince = clock.now();
    one.tail.expect('shift-canary-awaited', awaitedSince);
    const later = instant(awaitedSince + 50);
    one.tail.hope('shift-canary-hoped', later);
    one.server.current?.write(event(line('shift-canary-hoped', -60), '1'));
    await until(() => expect(one.tail.status().heardTo).toBe(awaitedSince));
    one.server.current?.write(event(line('shift-canary-awaited'), '2'));
    await until(() => expect(one.tail.status().heardTo).toBe(later));
  });

  test('one canary lost among others marks its moment and costs no connection', async () => {
    const one = await start([quiet]);
    await until(() => expect(one.tail.status().connected).toBe(true));
    await aWhile();
    const lostAt = clock.now();
    one.tail.expect('shift-canary-lost', lostAt);
    await clock.sleep(20, new AbortController().signal);
    one.tail.expect('shift-canary-heard', clock.now());
    one.server.current?.write(event(line('shift-canary-heard'), '1'));
    await clock.sleep(400, new AbortController().signal);
    expect(one.tail.status().connections).toBe(1);
    const lost = [-bucketMs, 0, 2 * bucketMs].map((ms) => bucketAt(one, lostAt + ms)?.lost);
    expect(lost).toEqual([false, true, false]);
  });
});

describe('what never works', () => {
  test('a session that cannot be created is asked for again, slower, and says why', async () => {
    let asked = 0;
    const begun = clock.now();
    const one = await start([events()], () => {
      asked += 1;
      const failure = {
        reason: 'denied',
        provider: 'heroku',
        operation: 'Log Session Create',
        details: [],
      } as const;
      return Promise.resolve(err({ ...failure, message: 'this token may not read the app my-app' }));
    });
    await until(() => expect(asked).toBeGreaterThan(3));
    expect(one.tail.status()).toMatchObject({
      connected: false,
      sessions: 0,
      trouble: 'this token may not read the app my-app',
    });
    expect(bucketAt(one, begun)?.lost).toBe(true);
  });

  test.each([
    'ftp://127.0.0.1/x',
    'http://logs.example.com/x',
    'http://127.0.0.1.example.com/',
    'not a url',
    'http://',
    '',
  ])('the address %j is refused', async (url) => {
    let asked = 0;
    const one = await start([events()], () => {
      asked += 1;
      return Promise.resolve(ok(url));
    });
    await until(() => expect(asked).toBeGreaterThan(1));
    expect(one.tail.status().trouble).toBe(
      'Heroku gave an address of the log session that is no https:// URL',
    );
  });

  test('a server that is not there, or that takes the connection and says nothing', async () => {
    const one = await start([() => undefined]);
    await until(() => expect(one.server.requests.length).toBeGreaterThan(1));
    expect(one.tail.status().trouble).toBe('the log stream failed (UND_ERR_HEADERS_TIMEOUT)');
    await one.server[Symbol.asyncDispose]();
    await until(() => expect(one.tail.status().trouble).toBe('the log stream failed (ECONNREFUSED)'));
  });

  test('no message tells the secret of the session', async () => {
    const one = await start([refuse(500)]);
    await until(() => expect(one.server.requests.length).toBeGreaterThan(4));
    expect(JSON.stringify(one.tail.status())).not.toContain('s3cret');
    expect(one.tail.status().trouble).toBe('the log session answered 500');
  });

  test('garbage at full speed is counted and never kept', async () => {
    const one = await start([
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (let sent = 0; sent < 50; sent += 1) response.write(`data: ${'x'.repeat(100_000)}`);
        response.write(`\n\n${event(line(), '1')}`);
      },
    ]);
    await until(() => expect(counted(one)).toBe(1));
    expect(one.log.totals.unparsed).toBe(1);
  });

  test.each<[string, Answer]>([
    ['an open stream', events(line())],
    ['a server that says nothing', () => undefined],
    ['a server that refuses', refuse(503)],
  ])('%s ends at once with the signal', async (_name, answer) => {
    const one = await start([answer]);
    await until(() => expect(one.server.requests.length).toBeGreaterThan(0));
    const begun = clock.monotonicMs();
    await one.stop();
    expect(clock.monotonicMs() - begun).toBeLessThan(500);
  });
});
