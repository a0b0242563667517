import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { verifyChain } from '../../../src/store/hash-chain.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { migration, noted, planned, start, step } from '../samples.js';
import { compileStore } from './compiled-store.js';
import { stateDirectory } from './state-directory.js';

type Child = ChildProcessByStdio<Writable, Readable, null>;

let modules: string;
let storeModule: string;
beforeAll(() => {
  modules = mkdtempSync(join(tmpdir(), 'shift-compiled-'));
  storeModule = compileStore(modules);
});
afterAll(() => rmSync(modules, { recursive: true }));

/** A process with `openSqliteStore`, `Database`, `directory`, and `go()`, which waits for a line from the test. */
function run(directory: string, script: string): Child {
  const prelude = `
    import { createInterface } from 'node:readline/promises';
    const { openSqliteStore } = await import(${JSON.stringify(storeModule)});
    const { default: Database } = await import(${JSON.stringify(join(modules, 'node_modules/better-sqlite3/lib/index.js'))});
    const directory = ${JSON.stringify(directory)};
    const lines = createInterface({ input: process.stdin });
    const go = () => { console.log('ready'); return lines.question(''); };
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', prelude + script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Starts all scripts at the same moment and returns the last line that each wrote, once all have ended well. */
async function race(directory: string, scripts: readonly string[]): Promise<string[]> {
  const children = scripts.map((script) => run(directory, `await go();\n${script}\nlines.close();`));
  await Promise.all(children.map((child) => once(child.stdout, 'data')));
  const ended = Promise.all(
    children.map(async (child) => {
      const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      expect(child.exitCode).toBe(0);
      return output.trim().split('\n').at(-1) ?? '';
    }),
  );
  for (const child of children) child.stdin.write('go\n');
  return ended;
}

async function begin(directory: string): Promise<void> {
  await using store = await openSqliteStore({ directory });
  await store.create(migration('m1'), planned(migration('m1')), start);
}

test('processes that open a new directory at the same moment all succeed', async () => {
  const directory = stateDirectory();
  const script = `
    const store = await openSqliteStore({ directory });
    console.log((await store.list()).length);
    await store[Symbol.asyncDispose]();`;
  expect(await race(directory, [script, script, script, script])).toEqual(['0', '0', '0', '0']);
});

test('of processes that append at the same sequence exactly one wins, every time', async () => {
  const directory = stateDirectory();
  await begin(directory);
  const rounds = 40;
  const script = `
    const store = await openSqliteStore({ directory });
    let wins = 0;
    for (let sequence = 1; sequence <= ${rounds}; ) {
      const event = { type: 'asked', at: 1, because: String(process.pid) };
      const step = { migrationId: 'm1', events: [event], at: 1, live: true, expectedSequence: sequence, epoch: null };
      const result = await store.append(step);
      if (result.ok) wins += 1;
      sequence = result.ok ? sequence + 1 : result.error.actual;
    }
    console.log(wins);
    await store[Symbol.asyncDispose]();`;
  const wins = (await race(directory, [script, script, script])).map(Number);
  expect(wins.reduce((sum, count) => sum + count)).toBe(rounds);
  await using store = await openSqliteStore({ directory });
  const entries = await store.read('m1', 0);
  expect(entries).toHaveLength(rounds + 1);
  expect(verifyChain(entries)).toBeNull();
});

test('fault 30: a writer that holds the file makes others wait two seconds at most, without blocking them; killed, it leaves nothing', async () => {
  const directory = stateDirectory();
  await begin(directory);
  await using store = await openSqliteStore({ directory });
  const child = run(
    directory,
    `const database = new Database(directory + '/shift.db');
     database.exec("BEGIN IMMEDIATE; INSERT INTO events VALUES ('m1', 2, 1, 'asked', '{}', '')");
     await go();`,
  );
  await once(child.stdout, 'data');

  let longestPauseMs = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    longestPauseMs = Math.max(longestPauseMs, performance.now() - last);
    last = performance.now();
  }, 5);
  const begun = performance.now();
  const refused = store.append(step('m1', 1, [noted('refused')]));
  await expect(refused).rejects.toMatchObject({
    reason: 'busy',
    message: expect.stringContaining(directory) as unknown,
    fix: expect.stringContaining('--no-state') as unknown,
  });
  clearInterval(watch);
  const tookMs = performance.now() - begun;
  expect(tookMs).toBeGreaterThan(1900);
  expect(tookMs).toBeLessThan(4000);
  expect(longestPauseMs).toBeLessThan(1000);

  const patient = store.append(step('m1', 1, [noted('after the kill')]));
  await sleep(50);
  child.kill('SIGKILL');
  expect(await patient).toMatchObject({ ok: true });
  expect((await store.read('m1', 1)).map((entry) => entry.event)).toEqual([noted('after the kill')]);
});

test('fault 36: what a process was told is stored survives its kill', async () => {
  const directory = stateDirectory();
  await begin(directory);
  const child = run(
    directory,
    `const store = await openSqliteStore({ directory });
     const event = { type: 'asked', at: 1, because: 'durable' };
     const step = { migrationId: 'm1', events: [event], at: 1, live: true, expectedSequence: 1, epoch: null };
     if ((await store.append(step)).ok) await go();`,
  );
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await using store = await openSqliteStore({ directory });
  expect(await store.read('m1', 1)).toMatchObject([{ event: { because: 'durable' } }]);
});
