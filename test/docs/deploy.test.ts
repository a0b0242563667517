import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { commandTable } from '../../src/cli/program.js';
import { quietTerminal, processTerminal } from '../../src/cli/terminal.js';
import { kubernetesFindings } from './kubernetes.js';

const run = promisify(execFile);
const deploy = fileURLToPath(new URL('../../docs/deploy/', import.meta.url));

function read(name: string): string {
  return readFileSync(join(deploy, name), 'utf8');
}

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'shift-deploy-'))));
afterEach(() => rmSync(directory, { recursive: true }));

/** What the table of verbs makes of these words; throws when it does not know one of them. */
async function understood(words: readonly string[]): Promise<boolean> {
  let hasRun = false;
  const terminal = quietTerminal(processTerminal(), false);
  const program = commandTable(terminal, () => {
    hasRun = true;
    return Promise.resolve();
  });
  await program.parseAsync(words, { from: 'user' });
  return hasRun;
}

function hasAnalyzer(): boolean {
  try {
    execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('the systemd unit', () => {
  const unit = read('shift.service');

  test('passes systemd-analyze verify', async ({ skip }) => {
    skip(!hasAnalyzer(), 'systemd-analyze is not installed');
    const path = join(directory, 'shift.service');
    // The program is not installed here; any other one that is stands for it.
    writeFileSync(path, unit.replace('ExecStart=/usr/bin/shift', `ExecStart=${process.execPath}`));
    const { stdout, stderr } = await run('systemd-analyze', ['verify', path]);
    expect(`${stdout}${stderr}`).toBe('');
  });

  test('runs a command that the program knows', async () => {
    const line = /^ExecStart=\/usr\/bin\/shift (.*)$/m.exec(unit)?.[1] ?? '';
    expect(await understood(line.split(' '))).toBe(true);
  });

  test('waits longer than the drain takes and knows the exit codes', () => {
    expect(unit).toMatch(/^TimeoutStopSec=15$/m);
    expect(unit).toMatch(/^SuccessExitStatus=8$/m);
    expect(unit).toMatch(/^RestartPreventExitStatus=6$/m);
    expect(unit).toMatch(/^NotifyAccess=all$/m);
  });
});

test('the line of the crontab is run by sh and hands over words that the program knows', async () => {
  const [, command = ''] = /^(?:\S+ ){5}(.*)$/m.exec(read('crontab').replace(/^[#P].*$/gm, '')) ?? [];
  expect(command).toContain('shiftctl');
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'shiftctl'), '#!/bin/sh\nfor word in "$@"; do echo "$word"; done\n');
  chmodSync(join(bin, 'shiftctl'), 0o755);
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: '/home/somebody with a space' };
  const { stdout } = await run('/bin/sh', ['-c', command], { env });
  const words = stdout.trimEnd().split('\n');
  expect(words).toEqual(['--state-dir', `${env.HOME}/.local/state/shift`, '--quiet', 'tick', '--all']);
  expect(await understood(words)).toBe(true);
});

describe('the Dockerfile', () => {
  const instructions = read('Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = '', ...rest] = line.split(' ');
      return { name, value: rest.join(' ') };
    });
  const last = (name: string): string => instructions.findLast((other) => other.name === name)?.value ?? '';

  test('has only instructions that Docker knows, each on one line', () => {
    const known = /^(?:FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD)$/;
    for (const { name } of instructions) expect(name).toMatch(known);
  });

  test('brings what SQLite is compiled with, and nothing of it into the image that runs', () => {
    const stages = read('Dockerfile').split(/^FROM /m);
    expect(stages).toHaveLength(3);
    expect(stages[1]).toMatch(/apt-get install .*g\+\+ make python3/);
    expect(stages[1]).toContain('ENV npm_config_nodedir=/usr/local');
    expect(stages[2]).not.toContain('apt-get');
  });

  test('copies only what the repository has', () => {
    const copied = instructions
      .filter(({ name, value }) => name === 'COPY' && !value.startsWith('--from'))
      .flatMap(({ value }) => value.split(' ').slice(0, -1))
      .filter((path) => path !== '.');
    const root = join(deploy, '../..');
    for (const path of copied) expect(() => execFileSync('ls', [join(root, path)])).not.toThrow();
  });

  test('runs a command that the program knows, as an ordinary user, stopped by a signal it drains on', async () => {
    const words = [...(JSON.parse(last('ENTRYPOINT')) as string[]), ...(JSON.parse(last('CMD')) as string[])];
    expect(words[0]).toBe('shiftctl');
    expect(await understood(words.slice(1))).toBe(true);
    expect(last('USER')).toBe('node');
    expect(last('STOPSIGNAL')).toBe('SIGTERM');
    expect(last('HEALTHCHECK')).toContain(':9464/healthz');
  });
});

function manifests(name: string): readonly Record<string, unknown>[] {
  return parseAllDocuments(read(name)).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Record<string, unknown>;
  });
}

describe('the CronJob', () => {
  const documents = manifests('cronjob.yaml');
  const [claim, job] = documents;

  test('is valid to Kubernetes', () => {
    expect(documents.flatMap((object) => kubernetesFindings(object))).toEqual([]);
  });

  test('would not be with a field that is misspelt or of another type', () => {
    const spec = { ...(job?.['spec'] as object), concurencyPolicy: 'Forbid', startingDeadlineSeconds: '50' };
    expect(kubernetesFindings({ ...job, spec })).toEqual([
      'spec.startingDeadlineSeconds: Invalid input: expected number, received string',
      'spec: Unrecognized key: "concurencyPolicy"',
    ]);
  });

  test('is one volume and one job', () => {
    expect(documents.map(({ kind, apiVersion }) => `${String(apiVersion)} ${String(kind)}`)).toEqual([
      'v1 PersistentVolumeClaim',
      'batch/v1 CronJob',
    ]);
    expect(claim).toMatchObject({
      metadata: { name: 'shift-state' },
      spec: { accessModes: ['ReadWriteOncePod'] },
    });
  });

  test('never overlaps, ends in time and keeps its state', () => {
    expect(job).toMatchObject({
      spec: {
        schedule: '* * * * *',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: expect.any(Number) as number,
        jobTemplate: {
          spec: {
            backoffLimit: 0,
            activeDeadlineSeconds: expect.any(Number) as number,
            template: {
              spec: {
                restartPolicy: 'Never',
                terminationGracePeriodSeconds: 15,
                securityContext: { runAsNonRoot: true, fsGroupChangePolicy: 'OnRootMismatch' },
                volumes: [
                  { name: 'state', persistentVolumeClaim: { claimName: 'shift-state' } },
                  { name: 'tmp', emptyDir: {} },
                ],
              },
            },
          },
        },
      },
    });
  });

  test('runs a command that the program knows, in a directory of the volume', async () => {
    const found = JSON.stringify(job);
    const args = JSON.parse(/"args":(\[[^\]]*\])/.exec(found)?.[1] ?? '[]') as string[];
    expect(found).toContain('"env":[{"name":"SHIFT_STATE_DIR","value":"/state/shift"}]');
    expect(found).toContain('"mountPath":"/state"');
    expect(await understood(args)).toBe(true);
  });
});

describe('the Deployment', () => {
  const [claim, deployment] = manifests('daemon.yaml');
  const found = JSON.stringify(deployment);

  test('is valid to Kubernetes', () => {
    expect(kubernetesFindings(deployment)).toEqual([]);
  });

  test('keeps one daemon on the volume and the security of the CronJob', () => {
    const [otherClaim, job] = manifests('cronjob.yaml');
    expect(claim).toEqual(otherClaim);
    expect(deployment).toMatchObject({ spec: { replicas: 1, strategy: { type: 'Recreate' } } });
    const contexts = (text: string): readonly string[] => text.match(/"securityContext":\{.*?\}\}/g) ?? [];
    expect(contexts(found)).toHaveLength(2);
    expect(contexts(found)).toEqual(contexts(JSON.stringify(job)));
    expect(found).toContain('"terminationGracePeriodSeconds":15');
  });

  test('runs a command that the program knows and asks it for its health where it listens', async () => {
    const args = JSON.parse(/"args":(\[[^\]]*\])/.exec(found)?.[1] ?? '[]') as string[];
    expect(args).toEqual(['daemon', '--health', '0.0.0.0:9464']);
    expect(found).toContain('"env":[{"name":"SHIFT_STATE_DIR","value":"/state/shift"}]');
    expect(found).toContain('"mountPath":"/state"');
    expect(await understood(args)).toBe(true);
    expect(found.match(/"httpGet":\{"path":"\/healthz","port":"health"\}/g)).toHaveLength(2);
    expect(found).toContain('"ports":[{"name":"health","containerPort":9464}]');
  });
});
