import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { underAttentiveDeadline } from '../../../src/adapters/probe/attention.js';
import { instant } from '../../../src/core/time.js';
import type { Clock } from '../../../src/engine/ports.js';
import { certificate, clock, never, probe } from './side.js';

/** A clock whose sleepers wake in order, and late when the test lets time go by in which nothing runs. */
class HeldClock implements Clock {
  readonly bootId = 'boot-1';
  #nowMs = 0;
  readonly #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  now(): ReturnType<Clock['now']> {
    return instant(this.#nowMs);
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve());
      this.#sleepers.push({ atMs: this.#nowMs + ms, wake: resolve });
    });
  }

  /** Everybody wakes when it is his time. */
  async run(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await turn();
      this.#sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#sleepers[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#sleepers.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
    this.#nowMs = endMs;
    await turn();
  }

  /** Nothing runs; whoever should have woken does so at the end of it. */
  async hold(ms: number): Promise<void> {
    this.#nowMs += ms;
    await this.run(0);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Waits for an answer for so long, while time goes by as told. */
async function waited(
  timeoutMs: number,
  happens: (held: HeldClock, answer: (what: string) => void) => Promise<void>,
): Promise<unknown> {
  const held = new HeldClock();
  let answer: (what: string) => void = () => undefined;
  const answered = new Promise<string>((resolve) => (answer = resolve));
  const waiting = underAttentiveDeadline(held, timeoutMs, never, () => answered);
  await turn();
  await happens(held, answer);
  await held.run(100);
  const result = await waiting;
  return result.ok ? result.value : result.error;
}

test('a side that says nothing while this process runs has missed its deadline', async () => {
  expect(await waited(1_000, (held) => held.run(1_000))).toBe('deadline');
});

test('a deadline that was noticed long after it had passed says nothing about the side', async () => {
  const found = await waited(5_000, async (held) => {
    await held.run(4_900);
    await held.hold(700);
  });
  expect(found).toEqual({ heldMs: 650 });
});

test('a process that was held up for half of the time cannot tell, even when it notices the deadline at once', async () => {
  const found = await waited(1_000, async (held) => {
    await held.run(100);
    await held.hold(600);
    await held.run(300);
  });
  expect(found).toEqual({ heldMs: 550 });
});

test('a machine that is busy all the time, a little each time, cannot tell either', async () => {
  const found = await waited(5_000, async (held) => {
    for (let step = 0; step < 40; step += 1) await held.hold(130);
  });
  expect(found).toEqual({ heldMs: expect.any(Number) as number });
});

test('a short pause is no excuse for a side that has not answered', async () => {
  const inTheMiddle = await waited(5_000, async (held) => {
    await held.run(1_000);
    await held.hold(500);
    await held.run(3_500);
  });
  expect(inTheMiddle).toBe('deadline');
  const atTheEnd = await waited(1_000, async (held) => {
    await held.run(900);
    await held.hold(200);
  });
  expect(atTheEnd).toBe('deadline');
});

test('an answer that came during a pause, and is read only after the deadline, is not called late', async () => {
  const found = await waited(1_000, async (held, answer) => {
    await held.run(900);
    const pause = held.hold(200);
    answer('200');
    await pause;
  });
  expect(found).not.toBe('deadline');
});

test('a side that answers after its deadline, to a process that was there all the time, was late', async () => {
  const found = await waited(1_000, async (held, answer) => {
    await held.run(1_000);
    answer('200');
  });
  expect(found).toBe('deadline');
});

/** A side on a thread of its own, so that it answers while this one does nothing: when the flag is set, where there is one. */
async function sideElsewhere(): Promise<{
  port: number;
  flag: Int32Array;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { key, cert, flag } = workerData;
    const server = require('node:https').createServer({ key, cert }, (request, response) => {
      const timer = setInterval(() => {
        if (Atomics.load(flag, 0) === 0) return;
        clearInterval(timer);
        response.end('fine');
      }, 5);
    });
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;
  const { certificatePem: cert, privateKeyPem: key } = certificate;
  const worker = new Worker(source, { eval: true, workerData: { key, cert, flag } });
  const [port] = (await once(worker, 'message')) as [number];
  return { port, flag, [Symbol.asyncDispose]: () => worker.terminate().then(() => undefined) };
}

/** Blocks the event loop, at a point after which timers come first. */
async function block(ms: number): Promise<void> {
  await turn();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('a blocked event loop is not held against a real side that answers at once', async () => {
  await using side = await sideElsewhere();
  Atomics.store(side.flag, 0, 1);
  const probing = probe(side.port, { request: { timeoutMs: 1_000 } });
  await clock.sleep(1, never);
  await block(1_200);
  expect(await probing).toMatchObject({
    result: 'unknown',
    tooBusy: true,
    because: expect.stringMatching(
      /^this machine was too busy to tell: nothing ran here for .+ while an answer was waited for$/,
    ) as string,
  });
});

test('an answer that a real side gave in time, to an event loop that was blocked over the deadline, is not called late', async () => {
  await using side = await sideElsewhere();
  const probing = probe(side.port, { request: { timeoutMs: 2_000 } });
  await clock.sleep(1_800, never);
  Atomics.store(side.flag, 0, 1);
  await block(350);
  expect(await probing).toMatchObject({ result: 'unknown', tooBusy: true });
});
