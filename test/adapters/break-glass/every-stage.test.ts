import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createBreakGlass } from '../../../src/adapters/break-glass/files.js';
import { startRoute53 } from '../../../src/lab/route53/server.js';
import { albTarget, herokuTarget, World, www } from '../../engine/world.js';
import { marker } from '../../engine/zone-edits.js';

const missing = whyNoAws();
if (missing !== undefined) console.log(`skipped, because the AWS CLI does not run: ${missing}`);

type Files = World['files'][number];
type Paste = (files: Files, file: 'drain.json' | 'collapse.json') => Promise<boolean>;

/** A shell in which the lines of these files' README are typed, against the zones of a world. */
async function shellFor(world: World): Promise<Paste> {
  const lab = await startRoute53({ zones: world.zones, host: '127.0.0.1', port: 0 });
  const directory = await mkdtemp(join(tmpdir(), 'shift-break-glass-'));
  onTestFinished(async () => {
    await lab.close();
    await rm(directory, { recursive: true });
  });
  const env = {
    PATH: process.env['PATH'],
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
  };
  return async (files, file) => {
    await createBreakGlass({ directory }).write({ migrationId: 'm1', zoneId: world.zoneId, ...files });
    const text = await readFile(join(directory, 'break-glass', 'm1', 'README.txt'), 'utf8');
    const line = text.split('\n').find((candidate) => candidate.includes(`/${file}`)) ?? '';
    const here = line.trim().replace('aws --region', `aws --endpoint-url ${lab.url} --region`);
    const run = promisify(execFile)('sh', ['-c', here], { env });
    return run.then(
      () => true,
      (error: unknown) => {
        expect(String(error)).toContain('InvalidChangeBatch');
        return false;
      },
    );
  };
}

const timeoutMs = 60_000;

describe.skipIf(missing !== undefined)('the break-glass files, applied with the AWS CLI', () => {
  test.each([0, 10, 25, 50, 100])(
    'at %i percent leave the records that a rollback leaves',
    async (share) => {
      const rolledBack = new World();
      const same = await rolledBack.startedAt(share);
      await rolledBack.rollBack(same);
      expect((await rolledBack.runToEnd(same)).phase.phase).toBe('rolled-back');

      const world = new World();
      const id = await world.startedAt(share);
      const paste = await shellFor(world);
      const files = world.files.at(-1)!;
      expect(await paste(files, 'drain.json')).toBe(true);
      expect(world.standing(www)).toEqual([
        `CNAME shift-source 100 ${herokuTarget} 2`,
        `CNAME shift-target 0 ${albTarget} 2`,
      ]);
      expect(await paste(files, 'collapse.json')).toBe(true);
      expect(world.standing(www)).toEqual(rolledBack.standing(www));
      expect(world.standing(marker).join()).toContain('state=ended');
      expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
    },
    timeoutMs,
  );

  test.each([10, 25, 50, 100])(
    'of the stage before drain at %i percent as well; what they would collapse is refused, and a rollback then leaves its records',
    async (share) => {
      const world = new World();
      const id = await world.startedAt(share);
      const paste = await shellFor(world);
      const old = world.files.at(-2)!;
      expect(await paste(old, 'drain.json')).toBe(true);
      expect(world.standing(www)).toContain(`CNAME shift-target 0 ${albTarget} 2`);
      expect(await paste(old, 'collapse.json')).toBe(false);
      expect(world.standing(www)).toContain(`CNAME shift-source 100 ${herokuTarget} 2`);
      expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
      await world.rollBack(id);
      expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
      expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
    },
    timeoutMs,
  );
});

function whyNoAws(): string | undefined {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
