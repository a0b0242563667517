import { expect, test } from 'vitest';
import { drive } from '../../src/cli/drive.js';
import type { CommandContext } from '../../src/cli/command-context.js';
import { exitCode } from '../../src/cli/exit-code.js';
import { tick } from '../../src/engine/tick.js';
import { policyOf, policyText, value, World } from '../engine/world.js';

test('a watcher beside a daemon that has the lease sees that a person is needed, and tells what happened', async () => {
  const world = new World();
  const policy = policyOf(policyText.replace('maxHold: 30s', 'maxHold: 0s'));
  const begun = await world.start({ policy });
  const { id } = begun.plan;
  const signal = AbortSignal.timeout(10_000);
  world.health.target = 'silent';
  const daemon = world.engineOf('a daemon');
  let phase = '';
  for (let ticks = 0; ticks < 100 && phase !== 'waiting'; ticks += 1) {
    phase = value(await tick(daemon, id, signal)).state.phase.phase;
    world.pass(1_000);
  }
  expect(phase).toBe('waiting');
  const told: string[] = [];
  const { store, migrations } = world;
  const code = await drive(
    { config: {} as CommandContext['config'], terminal: terminalTo(told), signal },
    { store, migrations, state: begun, output: 'json' },
  );
  expect(code).toBe(exitCode.waitsForPerson);
  expect(told.filter((line) => line.includes('"type":"asked"'))).toHaveLength(1);
  expect(told.filter((line) => line.includes('"type":"settled"'))).toHaveLength(1);
});

test('one that is stopped says how to go on, unless it was told to be quiet', async () => {
  const world = new World();
  const state = await world.start();
  const { store, migrations } = world;
  const stopped = async (isQuiet: boolean): Promise<readonly string[]> => {
    const told: string[] = [];
    const terminal = { ...terminalTo([]), err: (text: string) => void told.push(text), isQuiet };
    const signal = AbortSignal.abort(new Error('SIGINT'));
    const context = { config: {} as CommandContext['config'], terminal, signal };
    expect(await drive(context, { store, migrations, state, output: 'json' })).toBe(exitCode.interrupted);
    return told;
  };
  expect(await stopped(true)).toEqual([]);
  expect(await stopped(false)).toEqual([expect.stringContaining('Go on: shiftctl daemon.')]);
});

function terminalTo(lines: string[]): CommandContext['terminal'] {
  const size = (): number => 80;
  return {
    out: (text) => void lines.push(text),
    err: () => undefined,
    isInteractive: false,
    canAsk: false,
    hasColor: false,
    columns: size,
    rows: size,
  };
}
