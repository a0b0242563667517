import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init } from '../../../src/cli/commands/init.js';
import { CommandFailure } from '../../../src/cli/command-failure.js';
import type { Choice, Prompts } from '../../../src/cli/init/prompts.js';
import { readConfig, type Config } from '../../../src/config.js';
import { parseMigrationFile } from '../../../src/core/policy/migration-file.js';
import { startLab, type Lab } from '../../../src/lab/lab.js';
import { useCanaryCredentials } from '../../adapters/route53/aws-environment.js';

let lab: Lab;
let directory = '';

beforeAll(async () => {
  useCanaryCredentials();
  lab = await startLab({ clients: 'off', extraZones: ['zweite.example'] });
});

afterAll(() => lab.close());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shift-init-'));
});

afterEach(() => rm(directory, { recursive: true }));

function configOf(change: Readonly<Record<string, string>> = {}): Config {
  const surroundings = { workingDirectory: directory, homeDirectory: directory, fileExists: () => true };
  const config = readConfig({ ...lab.environment(), ...change }, {}, surroundings);
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  return config.value;
}

type Answer = string | boolean | null;

/** A person who has prepared the answers; a text chosen from a list is the beginning of its label. */
class Script implements Prompts {
  readonly asked: string[] = [];
  readonly offered: (readonly Choice[])[] = [];
  readonly notes: string[] = [];
  readonly #answers: Answer[];

  constructor(...answers: Answer[]) {
    this.#answers = answers;
  }

  choose(message: string, choices: readonly Choice[]): Promise<string | null> {
    this.offered.push(choices);
    const answer = this.#next(message);
    const found = choices.find(({ label }) => typeof answer === 'string' && label.startsWith(answer));
    if (answer !== null && found === undefined)
      throw new Error(`${message} has no ${String(answer)}: ${choices.map(({ label }) => label).join()}`);
    return Promise.resolve(found?.value ?? null);
  }

  text(message: string, fault: (answer: string) => string | null): Promise<string | null> {
    let answer = this.#next(message);
    while (typeof answer === 'string' && fault(answer) !== null) {
      this.notes.push(fault(answer) ?? '');
      answer = this.#next(message);
    }
    return Promise.resolve(answer as string | null);
  }

  confirm(message: string): Promise<boolean | null> {
    return Promise.resolve(this.#next(message) as boolean | null);
  }

  note(text: string): void {
    this.notes.push(text);
  }

  #next(message: string): Answer {
    this.asked.push(message);
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`no answer to ${message}`);
    return answer;
  }
}

async function asked(
  script: Script,
  config = configOf(),
  canAsk = true,
): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const terminal = {
    out: (text: string) => void (said.out += `${text}\n`),
    err: (text: string) => void (said.err += `${text}\n`),
    isInteractive: canAsk,
    canAsk,
    hasColor: false,
    columns: () => 80,
    rows: () => 24,
  };
  const context = { config, terminal, signal: new AbortController().signal };
  const code = await init(context, { out: join(directory, 'migration.yaml') }, undefined, script);
  return { code, ...said };
}

async function written(): Promise<string> {
  return await readFile(join(directory, 'migration.yaml'), 'utf8');
}

describe('init', () => {
  test('lists what the account has, and writes a file that plan understands', async () => {
    const { host, source, target, zoneId } = lab;
    const script = new Script('example.com', host, source.endpoint, target.endpoint, false, 'lab');
    const { code, out } = await asked(script);
    expect(code).toBe(0);
    expect(out).toContain(`shiftctl plan -f ${directory}/migration.yaml`);
    const read = parseMigrationFile(await written(), 'migration.yaml');
    expect(read).toMatchObject({ ok: true, value: { zone: zoneId, policy: { type: 'name', name: 'lab' } } });
    expect(await written()).toContain(
      `  "${host}":\n    from: "${source.endpoint}"\n    to: "${target.endpoint}"\n`,
    );
    expect(script.notes).toEqual([]);
    const labels = script.offered.map((choices) => choices.map(({ label }) => label));
    expect(labels[0]).toEqual(expect.arrayContaining(['example.com', 'zweite.example', 'another one']));
    expect(labels[1]).toContain(host);
    expect(script.offered[2]?.[0]).toMatchObject({ value: source.endpoint, hint: `has the domain ${host}` });
    expect((await stat(join(directory, 'migration.yaml'))).mode & 0o077).toBe(0);
  });

  test('asks for everything that cannot be listed, and again for what cannot be right', async () => {
    const nowhere = { AWS_ENDPOINT_URL_ROUTE_53: 'http://127.0.0.1:9', HEROKU_HOST: 'http://127.0.0.1:9' };
    const target = 'aws:alb-1.eu-west-1.elb.amazonaws.com';
    const script = new Script('not a host', 'WWW.Example.com.', 'shop', 'heroku:shop', target, false, 'lab');
    expect(await asked(script, configOf(nowhere))).toMatchObject({ code: 0 });
    expect(script.notes).toHaveLength(4);
    expect(script.notes[0]).toContain('The hosted zones cannot be listed');
    expect(await written()).toContain(`  "www.example.com":\n    from: "heroku:shop"\n    to: "${target}"`);
  });

  test('takes a bare name of Amazon for the side that it is, and asks for the app where Heroku names its own', async () => {
    const nowhere = { AWS_ENDPOINT_URL_ROUTE_53: 'http://127.0.0.1:9', HEROKU_HOST: 'http://127.0.0.1:9' };
    const sides = [
      'sleepy-otter-0a1b2c.herokudns.com',
      'heroku:shop',
      ' my-alb-1.eu-west-1.elb.amazonaws.com ',
    ];
    const script = new Script('www.example.com', ...sides, false, 'lab');
    expect(await asked(script, configOf(nowhere))).toMatchObject({ code: 0 });
    expect(script.notes.at(-1)).toContain("the app's name is wanted");
    expect(await written()).toContain('    to: "aws:my-alb-1.eu-west-1.elb.amazonaws.com"\n');
  });

  test('asks for several hosts, and offers each only once', async () => {
    const { host, source, target } = lab;
    const one = [host, source.endpoint, target.endpoint, true] as const;
    const two = [
      'another one',
      'api.example.com',
      'something else',
      source.endpoint,
      target.endpoint,
      false,
    ] as const;
    const script = new Script('example.com', ...one, ...two, 'lab');
    expect(await asked(script)).toMatchObject({ code: 0 });
    expect(script.offered[3]?.map(({ value }) => value)).not.toContain(host);
    const read = parseMigrationFile(await written(), 'migration.yaml');
    expect(read.ok && read.value.hosts.map((found) => found.host)).toEqual([`${host}.`, 'api.example.com.']);
  });

  test('never replaces a file without asking', async () => {
    await writeFile(join(directory, 'migration.yaml'), 'mine');
    const { host, source, target } = lab;
    const answers = ['example.com', host, source.endpoint, target.endpoint, false, 'lab'] as const;
    expect(await asked(new Script(...answers, false))).toMatchObject({
      code: 3,
      out: '',
      err: 'shiftctl: nothing was written\n',
    });
    expect(await written()).toBe('mine');
    expect(await asked(new Script(...answers, null))).toMatchObject({ code: 3 });
    expect(await asked(new Script(...answers, true))).toMatchObject({ code: 0 });
    expect(await written()).toContain(host);
    expect(await readdir(directory)).toEqual(['migration.yaml']);
  });

  test('writes nothing when the person gives up, wherever that is', async () => {
    const { host, source, target } = lab;
    const answers = ['example.com', host, source.endpoint, target.endpoint, false, 'lab'] as const;
    for (let given = 0; given < answers.length; given += 1)
      expect(await asked(new Script(...answers.slice(0, given), null))).toMatchObject({ code: 3, out: '' });
    expect(await readdir(directory)).toEqual([]);
  });

  test('refuses without a terminal, with what to do instead, before any call', async () => {
    const refused = await asked(new Script(), configOf(), false).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CommandFailure);
    expect((refused as CommandFailure).failure).toMatchObject({
      reason: 'refused',
      fix: expect.stringContaining('policy schema migration') as string,
    });
  });
});
