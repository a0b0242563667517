import { expect, test } from 'vitest';
import type { Prober } from '../../src/engine/ports.js';
import { BackgroundFeed } from '../../src/engine/probe-feed.js';
import { tick } from '../../src/engine/tick.js';
import { planOf } from '../core/story.js';
import { value, World } from './world.js';

/** One more than Node lets listen on a signal before it writes a warning of a leak, which would stand in a daemon's log. */
const manyListeners = 11;

function listen(signal: AbortSignal): void {
  for (let count = 0; count < manyListeners; count += 1)
    signal.addEventListener('abort', () => count, { once: true });
}

/** What Node warned of while this ran. */
async function warningsOf(work: () => Promise<void>): Promise<readonly string[]> {
  const names: string[] = [];
  const listener = ({ name }: Error): void => void names.push(name);
  process.on('warning', listener);
  try {
    await work();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', listener);
  }
  return names;
}

test('many probes of a group of hosts may be under way, and none is taken for a leak', async () => {
  let probes = 0;
  const prober: Prober = {
    probe: (_request, signal) => {
      probes += 1;
      listen(signal);
      return Promise.resolve([]);
    },
  };
  const { clock } = new World().engine;
  const soon = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const warnings = await warningsOf(async () => {
    await using feed = new BackgroundFeed(prober, {
      bootId: 'boot-1',
      now: () => clock.now(),
      monotonicMs: () => 0,
      sleep: soon,
    });
    await feed.collect(planOf());
    while (probes === 0) await soon();
  });
  expect(warnings).toEqual([]);
});

test('many calls of one look may listen for its end', async () => {
  const world = new World();
  const id = await world.startedAt(10);
  const collect = (_state: unknown, signal: AbortSignal): Promise<never[]> => {
    listen(signal);
    return Promise.resolve([]);
  };
  const engine = { ...world.engine, platforms: { collect } };
  const warnings = await warningsOf(async () => {
    value(await tick(engine, id, new AbortController().signal));
  });
  expect(warnings).toEqual([]);
});
