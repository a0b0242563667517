import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noConfigFileBecause, readConfigFile, type ConfigFile } from '../../src/cli/config-file.js';
import type { PolicyListOutput } from '../../src/cli/commands/policy-list.js';
import type { Environment } from '../../src/config.js';
import { misfits } from '../docs/published-schema.js';
import { typed, type Said } from './screen.js';

let home = '';
let folder = '';
let file = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'shift-config-'));
  folder = join(home, '.config', 'shift');
  file = join(folder, 'config.yaml');
  await mkdir(folder, { recursive: true });
});

afterEach(() => rm(home, { recursive: true }));

function read(env: Environment = {}): Promise<ConfigFile> {
  const surroundings = { workingDirectory: home, homeDirectory: home, fileExists: () => false };
  return readConfigFile(env, () => surroundings);
}

/** The variables that a file with this text fills in. */
async function filledIn(text: string, env: Environment = {}): Promise<Record<string, string>> {
  await writeFile(file, text);
  const { settings, problems } = await read(env);
  expect(problems).toEqual([]);
  return Object.fromEntries(settings.map(({ variable, value }) => [variable, value]));
}

function run(line: string, env: Record<string, string> = {}): Promise<Said> {
  return typed(line.split(' '), { env: { HOME: home, AWS_ENDPOINT_URL: 'http://127.0.0.1:9', ...env } });
}

describe('the config file', () => {
  test('is looked for in three places, and need not be in any', async () => {
    expect(await read()).toEqual({ settings: [], problems: [] });
    await writeFile(file, 'awsProfile: at-home');
    const xdg = join(home, 'xdg');
    await mkdir(join(xdg, 'shift'), { recursive: true });
    await writeFile(join(xdg, 'shift', 'config.yaml'), 'awsProfile: at-xdg');
    await writeFile(join(home, 'mine.yaml'), 'awsProfile: mine');
    const profile = async (env: Environment): Promise<string | undefined> =>
      (await read(env)).settings[0]?.value;
    expect(await profile({})).toBe('at-home');
    expect(await profile({ XDG_CONFIG_HOME: xdg })).toBe('at-xdg');
    expect(await profile({ XDG_CONFIG_HOME: 'relative' })).toBe('at-home');
    expect(await profile({ XDG_CONFIG_HOME: xdg, SHIFT_CONFIG: 'mine.yaml' })).toBe('mine');
    expect(await profile({ SHIFT_CONFIG: '/dev/null' })).toBeUndefined();
  });

  test('fills in every variable that is not set, with paths from its own folder', async () => {
    const text = [
      'stateDir: ../state',
      'policy: slow',
      'policiesDir: ~/policies',
      'operator: Anna Lee',
      'output: json',
      'color: always',
      'awsProfile: dns',
      'awsRegion: eu-west-1',
      'resolver: "127.0.0.1:53"',
      'caFile: ca.pem',
    ].join('\n');
    expect(await filledIn(text)).toEqual({
      SHIFT_STATE_DIR: join(home, '.config', 'state'),
      SHIFT_POLICY: 'slow',
      SHIFT_POLICIES_DIR: join(home, 'policies'),
      SHIFT_OPERATOR: 'Anna Lee',
      SHIFT_OUTPUT: 'json',
      FORCE_COLOR: '1',
      AWS_PROFILE: 'dns',
      AWS_REGION: 'eu-west-1',
      SHIFT_RESOLVER: '127.0.0.1:53',
      SHIFT_CA_FILE: join(folder, 'ca.pem'),
    });
    expect(await filledIn('color: auto\npolicy: ./slow.yaml')).toEqual({
      SHIFT_POLICY: join(folder, 'slow.yaml'),
    });
  });

  test('says less than the environment, whose keys no profile of a file takes the place of', async () => {
    const text = 'awsProfile: dns\ncolor: never\nstateDir: /a';
    expect(await filledIn(text, { AWS_ACCESS_KEY_ID: 'AKIA', NO_COLOR: '1', SHIFT_STATE_DIR: '/b' })).toEqual(
      {},
    );
    expect(await filledIn(text, { AWS_PROFILE: 'mine', SHIFT_STATE_DIR: '' })).toEqual({
      FORCE_COLOR: '0',
      SHIFT_STATE_DIR: '/a',
    });
  });

  test('tells everything that is wrong at once, each with its place, and takes what is right', async () => {
    await writeFile(file, 'statedir: /a\nawsProfile: dns\noutput: xml\noperator: ""\npolicy: [slow]\n');
    const { settings, problems } = await read();
    expect(settings.map(({ key }) => key)).toEqual(['awsProfile']);
    expect(problems.map(({ location, message }) => `${location?.line ?? 0}: ${message}`)).toEqual([
      expect.stringMatching(/^1: the key "statedir" is unknown; did you mean "stateDir"\?/),
      '3: "xml" is not known; write text or json',
      '4: is empty; leave the key out',
      expect.stringMatching(/^5: /),
    ]);
  });

  test.each([
    ['awsProfile: [', 'is not YAML'],
    ['- a\n- b', 'a config file holds keys'],
    ['a: &x 1\nb: *x', 'alias'],
    ['#'.repeat(70_000), 'is larger than 65536 bytes'],
  ])('%j is refused', async (text, message) => {
    await writeFile(file, text);
    const { settings, problems } = await read();
    expect(settings).toEqual([]);
    expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
  });

  test('that cannot even be looked for is one problem', () => {
    expect(noConfigFileBecause(new Error('uv_cwd'))).toMatchObject({
      settings: [],
      problems: [{ message: 'the config file cannot be looked for: uv_cwd' }],
    });
  });

  test('an empty one says nothing, and one that is named must be there', async () => {
    expect(await filledIn('')).toEqual({});
    expect(await filledIn('# nothing yet\n')).toEqual({});
    expect((await read({ SHIFT_CONFIG: '/nowhere/config.yaml' })).problems).toMatchObject([
      { where: 'SHIFT_CONFIG', message: 'the config file /nowhere/config.yaml cannot be read (ENOENT)' },
    ]);
  });
});

describe('verbs and the config file', () => {
  test('a flag counts more than the environment, the environment more than the file', async () => {
    await writeFile(file, 'stateDir: /from/file\noutput: json\n');
    expect((await run('status')).err).toContain('/from/file');
    expect((await run('status', { SHIFT_STATE_DIR: '/from/environment' })).err).toContain(
      '/from/environment',
    );
    const flagged = await run('--state-dir /from/flag status', { SHIFT_STATE_DIR: '/from/environment' });
    expect(flagged.err).toContain('/from/flag');
    expect(JSON.parse((await run('list')).out)).toMatchObject({ migrations: [] });
    expect((await run('list -o text')).out).toContain('No migrations here yet.');
    expect((await run('policy show fast')).out).toContain('\nstages: [');
    expect((await run('list', { SHIFT_OUTPUT: 'text' })).out).toContain('No migrations here yet.');
  });

  test('a folder of policies makes names of them, which never hide those of the program', async () => {
    await writeFile(file, 'policiesDir: policies\npolicy: slow\n');
    await mkdir(join(folder, 'policies'));
    for (const name of ['slow', 'fast', 'Not-A-Name'])
      await writeFile(join(folder, 'policies', `${name}.yaml`), 'stages: [7, 100]\n');
    expect(await run('policy list')).toMatchObject({ code: 0, err: '' });
    expect((await run('policy list')).out).toMatch(/^slow +7% -> 100%/m);
    expect((await run('policy show slow')).out).toBe('stages: [7, 100]\n');
    expect((await run('policy show fast')).out).not.toContain('[7, 100]');
    expect((await run('policy show nothing')).err).toMatch(/take .*, slow or a file/);
    expect((await run('simulate --rps 50 --runs 1 --degradation broken')).out).toMatch(/^policy +slow/m);
  });

  test("a policy of one's own that is invalid is named with its first problem and hides no other", async () => {
    await writeFile(file, 'policiesDir: policies\n');
    const broken = join(folder, 'policies', 'broken.yaml');
    await mkdir(join(folder, 'policies'));
    await mkdir(join(folder, 'policies', 'folder.yaml'));
    await writeFile(join(folder, 'policies', 'slow.yaml'), 'stages: [7, 100]\n');
    await writeFile(broken, 'stages: [10, 5, 100]\ntickevery: 1m\n');
    const { code, out, err } = await run('policy list');
    expect(code).toBe(2);
    expect(out).toMatch(/^cautious .*\n(?:.*\n)*slow +7% -> 100%/m);
    expect(out).not.toMatch(/broken|folder/);
    expect(err.split('\n')).toEqual([
      expect.stringContaining(`shiftctl: the policy "broken" cannot be used: ${broken}:1:`),
      'what to do: shiftctl policy validate broken',
      expect.stringMatching(/"folder" cannot be used: .*folder\.yaml cannot be read \(EISDIR\)/),
      'what to do: shiftctl policy validate folder',
      '',
    ]);
    const json = await run('policy list -o json');
    expect(json).toMatchObject({ code: 2, err: '' });
    const told = JSON.parse(json.out) as PolicyListOutput;
    expect(misfits('policy-list', told)).toEqual([]);
    expect(told.policies.map(({ name }) => name)).toContain('slow');
    expect(told.invalid).toMatchObject([
      { name: 'broken', problem: { location: { file: broken, line: 1 } } },
      { name: 'folder', problem: { location: null } },
    ]);
  });

  test('what is wrong in it stops verbs that need a setting, with file and line', async () => {
    await writeFile(file, 'stateDir: state\nawsprofile: dns\nresolver: localhost\n');
    const { code, out, err } = await run('tick');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`${file}:2:1: awsprofile: the key "awsprofile" is unknown; did you mean`);
    expect(err).toContain(`${file}:3:11: resolver: is not an address and a port`);
  });

  test.each(['status', 'list', 'history', 'report', 'rollback www.example.com --no-state --to a.example'])(
    'nothing in a file or a variable stops %s',
    async (line) => {
      await writeFile(file, 'stateDir: state\nawsprofile: dns\n');
      const { err, code } = await run(line, { HEROKU_HOST: 'ftp://x', SHIFT_DNS_PORT: 'x' });
      expect(code).not.toBe(2);
      const warned = err.split('\n').filter((said) => said.startsWith('shiftctl: warning: '));
      expect(warned).toHaveLength(3);
      expect(warned[0]).toContain(`${file}:2:1: awsprofile: `);
      expect(warned[1]).toContain('HEROKU_HOST: begins with ftp://');
      expect(warned[2]).toContain('SHIFT_DNS_PORT: is not a port');
      if (line === 'status') expect(err).toContain(join(folder, 'state'));
    },
  );

  test('a setting that a verb does not read is none of its business', async () => {
    const env = { HEROKU_STATUS_URL: 'nonsense', SHIFT_STATE_DIR: home, SHIFT_POLICY: 'none' };
    expect((await run('status', env)).err).not.toContain('HEROKU_STATUS_URL');
    expect(await run('list', env)).toMatchObject({ code: 0, err: '' });
    const plan = await run('plan www.example.com --from heroku:a --to aws:b.example', env);
    expect(plan).toMatchObject({ code: 2 });
    expect(plan.err).toContain('HEROKU_STATUS_URL: is not a URL');
    await writeFile(file, ': :');
    expect(await run('policy list', { SHIFT_DNS_PORT: 'x' })).toMatchObject({ code: 0, err: '' });
    expect(await run('completion bash')).toMatchObject({ code: 0, err: '' });
  });
});
