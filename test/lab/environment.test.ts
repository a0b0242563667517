import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labEnvironment, quote, shellEnvironment, type Shell } from '../../src/lab/environment.js';
import { settingsOf } from '../../src/lab/settings.js';

const hostile = `it's $(touch /tmp/never) "quoted" \`x\` \\ !! \n*`;

let directory: string;
let commandsDirectory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "shift env '$HOME "));
  commandsDirectory = join(directory, 'bin');
  const fakes = join(directory, 'fakes');
  await mkdir(commandsDirectory);
  await mkdir(fakes);
  await writeFile(join(commandsDirectory, 'shiftctl'), '#!/bin/sh\necho "shiftctl of the lab"\n');
  await writeFile(join(fakes, 'aws'), '#!/bin/sh\nprintf "<%s>" "$@"\ncase $* in *fail*) exit 3 ;; esac\n');
  await chmod(join(commandsDirectory, 'shiftctl'), 0o755);
  await chmod(join(fakes, 'aws'), 0o755);
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

function environment(): Record<string, string> {
  return labEnvironment({ settings: settingsOf('127.53.9'), caFile: '/run/ca.pem', stateDirectory: hostile });
}

/** Runs a script in the shell after the lab's text has been evaluated there, as `eval "$(shiftctl lab env)"` does it. */
function run(shell: Shell, script: string, before = ''): string {
  const text = shellEnvironment({ environment: environment(), commandsDirectory }, shell);
  return execFileSync(shell, ['-c', `${before}\neval "$LAB_TEXT"\n${script}`], {
    encoding: 'utf8',
    // With a socket for its input, bash takes itself for a remote shell and reads the user's start file.
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${join(directory, 'fakes')}:${process.env['PATH'] ?? ''}`,
      LAB_TEXT: text,
      AWS_PROFILE: 'production',
    },
  });
}

function installed(shell: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((path) => {
    try {
      accessSync(join(path, shell), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

test('says everything that keeps a process inside the lab', () => {
  expect(environment()).toEqual({
    AWS_ENDPOINT_URL: 'http://127.53.9.1:5380',
    AWS_ENDPOINT_URL_ROUTE_53: 'http://127.53.9.1:5380',
    AWS_ENDPOINT_URL_STS: 'http://127.53.9.1:5380',
    AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.53.9.4:5380',
    AWS_ACCESS_KEY_ID: expect.stringMatching(/^AKIA/) as unknown,
    AWS_SECRET_ACCESS_KEY: expect.any(String) as unknown,
    AWS_ACCOUNT_ID: '000000000000',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    HEROKU_HOST: 'http://127.53.9.2:5380',
    HEROKU_API_KEY: 'lab',
    HEROKU_STATUS_URL: 'http://127.53.9.2:5380',
    SHIFT_RESOLVER: '127.53.9.3:5300',
    SHIFT_DNS_PORT: '5300',
    SHIFT_CA_FILE: '/run/ca.pem',
    SHIFT_STATE_DIR: hostile,
    SHIFT_CONFIG: '/dev/null',
    SHIFT_LAB: '1',
  });
});

describe.each(['bash', 'zsh', 'sh'] as const)('in %s', (shell) => {
  const when = test.skipIf(!installed(shell));

  when('every variable arrives as it is, and the ones that lead out are gone', () => {
    const output = run(shell, `${process.execPath} -e 'process.stdout.write(JSON.stringify(process.env))'`);
    const seen = JSON.parse(output) as Record<string, string>;
    expect(seen).toMatchObject(environment());
    expect(seen['AWS_PROFILE']).toBeUndefined();
  });

  when('the commands are found, once on PATH however often it is evaluated', () => {
    expect(run(shell, 'shiftctl')).toBe('shiftctl of the lab\n');
    const path = run(shell, 'eval "$LAB_TEXT"; printf "%s" "$PATH"');
    expect(path.split(':').filter((entry) => entry === commandsDirectory)).toHaveLength(1);
  });

  when('aws is sent to the lab with its arguments untouched', () => {
    expect(run(shell, 'aws route53 list "a b"')).toBe(
      '<--endpoint-url><http://127.53.9.1:5380><route53><list><a b>',
    );
  });

  when('aws goes to the service that is named first, and its exit code comes back', () => {
    const cloudWatch = '<--endpoint-url><http://127.53.9.4:5380>';
    expect(run(shell, 'aws --region us-east-1 cloudwatch list-metrics "a b"')).toBe(
      `${cloudWatch}<--region><us-east-1><cloudwatch><list-metrics><a b>`,
    );
    expect(run(shell, 'aws route53 list --comment cloudwatch')).toContain('<http://127.53.9.1:5380>');
    expect(run(shell, 'aws cloudwatch list --namespace route53')).toContain(cloudWatch);
    expect(run(shell, 'aws cloudwatch fail > /dev/null; printf "%s" "$? ${word-unset}"')).toBe('3 unset');
    expect(run(shell, 'aws route53 fail > /dev/null; printf "%s" "$?"')).toBe('3');
  });

  when('an alias called aws does not stand in its way', () => {
    const alias = 'alias aws="echo alias"';
    const before = shell === 'bash' ? `shopt -s expand_aliases\n${alias}` : alias;
    expect(run(shell, 'aws s3', before)).toContain('<--endpoint-url>');
  });
});

test('quoting survives every shell', () => {
  expect(execFileSync('sh', ['-c', `printf %s ${quote(hostile)}`], { encoding: 'utf8' })).toBe(hostile);
});
