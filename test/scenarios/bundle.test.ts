import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt, mainPath } from './build.js';

const dist = dirname(mainPath);
const root = dirname(dist);
const files = ['bundle', 'bundle-rest'] as const;
const run = promisify(execFile);
let scratch = '';

beforeAll(async () => {
  await ensureBuilt();
  scratch = await mkdtemp(join(tmpdir(), 'shift-bundle-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test.each(files)('%s holds ASCII alone, because it is read as Latin-1', (file) => {
  const bytes = readFileSync(join(dist, `${file}.cjs`));
  expect(bytes.findIndex((byte) => byte > 127)).toBe(-1);
});

test.each(files)('V8 takes the code that was compiled for %s when it was built', (file) => {
  const cachedData = readFileSync(join(dist, `${file}.cache`));
  const script = new Script(readFileSync(join(dist, `${file}.cjs`), 'latin1'), { cachedData });
  expect(script.cachedDataRejected).toBe(false);
});

const places: readonly (readonly string[])[] = [
  ['--version'],
  ['--help'],
  ['rollback', '--help'],
  ['policy', 'validate', 'standard'],
  ['list', '-o', 'json'],
];

test('the bundle and the modules it was made of say the same', async () => {
  for (const args of places) {
    const bundled = await said(mainPath, args);
    expect(bundled).not.toBe('');
    expect(await said(join(dist, 'main.js'), args)).toBe(bundled);
  }
});

test('a rollback is sent from the first file alone, with global options before the verb, too', async () => {
  const copy = await copyOfProgram('first-alone');
  await rm(join(copy, 'dist', 'bundle-rest.cjs'));
  const asked = await askedByRollback(copy);
  expect(asked).toEqual(['POST /2013-04-01/hostedzone/Z1/rrset']);
});

describe('the program starts all the same', () => {
  test('without what V8 had compiled', async () => {
    const copy = await copyOfProgram('no-cache');
    for (const file of files) await rm(join(copy, 'dist', `${file}.cache`));
    expect(await said(join(copy, 'dist', 'bin.cjs'), ['policy', 'list'])).toContain('standard');
  });

  test('beside a cache that is none', async () => {
    const copy = await copyOfProgram('bad-cache');
    for (const file of files) await writeFile(join(copy, 'dist', `${file}.cache`), Buffer.alloc(5_000, 7));
    expect(await said(join(copy, 'dist', 'bin.cjs'), ['policy', 'list'])).toContain('standard');
  });

  test('beside another version of SQLite for Node.js, which is then the one that is loaded', async () => {
    const copy = await copyOfProgram('other-sqlite');
    const other = join(copy, 'dist', 'node_modules', 'better-sqlite3');
    await mkdir(other, { recursive: true });
    await writeFile(join(other, 'package.json'), '{"version":"0.0.0","main":"index.js"}');
    await writeFile(
      join(other, 'index.js'),
      `module.exports = class { constructor() { throw new Error("the other one was loaded"); } };
       module.exports.SqliteError = class extends Error {};`,
    );
    const failed = await run(process.execPath, [
      join(copy, 'dist', 'bin.cjs'),
      ...['--state-dir', join(copy, 'state'), 'status', 'www.example.com'],
    ]).catch((error: unknown) => error as { stderr: string });
    expect(failed.stderr).toContain('the other one was loaded');
  });
});

async function said(path: string, args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], SHIFT_STATE_DIR: join(scratch, 'none'), HOME: scratch };
  return (await run(process.execPath, [path, ...args], { env, cwd: scratch })).stdout;
}

/** What is installed, with the packages of this checkout beside it. */
async function copyOfProgram(name: string): Promise<string> {
  const copy = join(scratch, name);
  await mkdir(join(copy, 'dist'), { recursive: true });
  for (const file of ['bin.cjs', ...files.flatMap((file) => [`${file}.cjs`, `${file}.cache`])])
    await cp(join(dist, file), join(copy, 'dist', file));
  for (const file of ['package.json', 'policies'])
    await cp(join(root, file), join(copy, file), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  await mkdir(join(copy, 'state'), { mode: 0o700 });
  await writeFile(join(copy, 'state', 'shift.db'), '', { mode: 0o600 });
  return copy;
}

/** The requests that a rollback of a made-up migration sends to a Route 53 that hangs up on it. */
async function askedByRollback(copy: string): Promise<string[]> {
  const { writeHalfWayMigration } = (await import(
    pathToFileURL(join(root, 'scripts', 'half-way-migration.mjs')).href
  )) as { writeHalfWayMigration: (directory: string) => Promise<unknown> };
  const state = join(copy, 'migration');
  await mkdir(state, { mode: 0o700 });
  await writeHalfWayMigration(state);
  const asked: string[] = [];
  const stop = new AbortController();
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.destroy();
    stop.abort();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const env = {
    PATH: process.env['PATH'],
    HOME: scratch,
    AWS_ENDPOINT_URL_ROUTE_53: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const args = ['--state-dir', state, '-q', 'rollback', '--no-wait', 'www.example.com'];
  await run(process.execPath, [join(copy, 'dist', 'bin.cjs'), ...args], { env, signal: stop.signal }).catch(
    () => undefined,
  );
  server.close();
  server.closeAllConnections();
  return asked;
}
