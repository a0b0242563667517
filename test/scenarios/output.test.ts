import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { mainPath } from './build.js';
import { patientPolicy } from './policies.js';
import { WiredLab } from './wired-lab.js';

describe.concurrent('what the reading verbs print', () => {
  test('JSON on standard output and nothing else, whole even into a reader that leaves', async () => {
    await using world = await WiredLab.open();
    const { host, zoneId } = world.lab;
    const product = await world.watch(await world.file('patient.yaml', patientPolicy));
    await product.told('settled', 2);
    expect(await product.end('SIGTERM')).toMatchObject({ code: 8 });

    const status = await json(world, ['status', host]);
    expect(status).toMatchObject({
      version: 1,
      zone: zoneId,
      phase: 'observing',
      share: 10,
      lab: true,
      generation: 2,
    });
    expect(await json(world, ['list'])).toEqual({
      version: 1,
      migrations: [expect.objectContaining({ id: status['id'] })],
    });
    const history = await json(world, ['history', host]);
    const entries = history['entries'] as { sequence: number; event: { type: string } }[];
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_entry, index) => index + 1));
    expect(entries[0]!.event.type).toBe('migration-planned');

    const text = await world.succeed(['list']);
    expect(text.stdout).toMatch(/www\.example\.com .*10%/);
    expect((await world.succeed(['status'])).stdout).toContain('LAB');
    const { stdout } = await shell(world, [
      'set -o pipefail',
      'shiftctl history -o json | head -c 100 >/dev/null; echo "$?"',
      'shiftctl status | head -1 >/dev/null; echo "$?"',
      'shiftctl --help | head -1 >/dev/null; echo "$?"',
    ]);
    expect(stdout).toBe('0\n0\n0\n');
  });

  test('plan and preflight before anything is written', async () => {
    await using world = await WiredLab.open();
    const plan = await json(world, world.request('plan'));
    expect(plan).toMatchObject({ version: 1, clear: true, plan: { zone: { id: world.lab.zoneId } } });
    const preflight = await json(world, world.request('preflight'));
    const checks = preflight['checks'] as { name: string; verdict: string }[];
    // No zone has accelerated recovery unless somebody switched it on.
    const worries = checks.filter(({ verdict }) => verdict !== 'ok');
    expect(worries).toEqual([expect.objectContaining({ name: 'recovery', verdict: 'warning' })]);
    const sides = ['source', 'target', 'certificate', 'certificate'];
    const zone = ['zone', 'delegation', 'records', 'protections', 'permissions', 'clock', 'name servers'];
    expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining([...zone, 'heroku', ...sides]));
    expect((await world.succeed(world.request('plan'))).stdout).toContain('Nothing was written.');
  });

  test('every policy that comes with the program is valid, and so is a migration file', async () => {
    await using world = await WiredLab.open();
    for (const name of ['standard', 'cautious', 'fast', 'lab', './instant.yaml'])
      expect((await world.succeed(['policy', 'validate', name])).stdout).toContain('is a valid policy: ');
    const { source, target, host } = world.lab;
    const hosts = `hosts:\n  ${host}: { from: "${source.endpoint}", to: "${target.endpoint}" }\n`;
    const file = await world.file('migration.yaml', `policy: ./instant.yaml\n${hosts}`);
    expect((await world.succeed(['policy', 'validate', file])).stdout).toContain('with one host');
    expect(await json(world, ['plan', '-f', file])).toMatchObject({ clear: true });
  });

  test('an empty state directory is an empty list', async () => {
    await using world = await WiredLab.open();
    expect(await json(world, ['list'])).toEqual({ version: 1, migrations: [] });
  });
});

describe('lab env', () => {
  test('brings a second terminal into the running lab', async () => {
    await using world = await WiredLab.open();
    // A temporary directory of its own, so that no other lab of this machine is found.
    const bare = { TMPDIR: world.directory, SHIFT_LAB: '', SHIFT_STATE_DIR: '' };
    const without = await world.run(['lab', 'env'], bare);
    expect(without.code).toBe(3);
    expect(without.stderr).toContain('start one in another terminal: shiftctl lab');

    const lab = await world.start(['lab'], bare);
    await lab.until('the lab', () => lab.stdout.includes('In a second terminal'));
    const { stdout } = await shell(world, [
      `export TMPDIR='${world.directory}'`,
      'eval "$(shiftctl lab env --shell bash)"',
      'unset -f shiftctl; command -v shiftctl; type -t aws; echo "$AWS_ENDPOINT_URL_ROUTE_53 $SHIFT_LAB"; shiftctl list -o json',
    ]);
    const [command, aws, endpoint, list] = stdout.split('\n');
    expect(command).toContain(`${world.directory}/shift-lab-`);
    expect(aws).toBe('function');
    expect(endpoint).toMatch(/^http:\/\/127\.53\.\d+\.1:5380 1$/);
    expect(JSON.parse(list ?? '')).toEqual({ version: 1, migrations: [] });
    expect((await lab.end('SIGTERM')).code).toBe(0);
  });
});

async function json(world: WiredLab, args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await world.succeed([...args, '-o', 'json']);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Runs lines in bash with `shiftctl` as a command, in the world's lab. */
function shell(world: WiredLab, lines: readonly string[]): Promise<{ stdout: string }> {
  const command = `shiftctl() { '${process.execPath}' '${mainPath}' "$@"; }`;
  const options = { cwd: world.directory, env: world.environment() };
  return promisify(execFile)('bash', ['-c', [command, ...lines].join('\n')], options);
}
