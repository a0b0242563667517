import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitCode } from '../../src/cli/exit-code.js';
import { commandTable } from '../../src/cli/program.js';
import { processTerminal, quietTerminal } from '../../src/cli/terminal.js';
import { daemonHealth } from '../../src/daemon/daemon-health.js';

const docs = join(import.meta.dirname, '../../docs');
const page = readFileSync(join(docs, 'running.md'), 'utf8');
const deploy = (name: string): string => readFileSync(join(docs, 'deploy', name), 'utf8');

/** What stands between fences, line by line without comments. */
const typed = [...page.matchAll(/^ *```\n([^]*?)^ *```$/gm)]
  .flatMap(([, block = '']) => block.split('\n'))
  .map((line) => line.replace(/ +# .*$/, '').trim())
  .filter((line) => line !== '');

/** What the program is handed in these lines, and in the words of the text that are lines of it. */
const ours = [
  ...typed.flatMap((line) => /(?:^| )shiftctl (-.*|[a-z].*)$/.exec(line.replace(/'$/, ''))?.[1] ?? []),
  ...[...page.matchAll(/`shiftctl ([^`]+)`/g)].map(([, words = '']) => words),
].map((line) => line.replaceAll('<host>', 'www.example.com').replaceAll('"', '').split(/\s+/));

async function understood(words: readonly string[]): Promise<boolean> {
  let hasRun = false;
  const program = commandTable(quietTerminal(processTerminal(), false), () => {
    hasRun = true;
    return Promise.resolve();
  });
  await program.parseAsync(words, { from: 'user' });
  return hasRun;
}

describe('the page about running it', () => {
  test('has lines of a width that is read, but for tables and what is typed in one piece', () => {
    const prose = page.replace(/^ *```\n[^]*?^ *```$/gm, '').split('\n');
    expect(prose.filter((line) => line.length > 100 && !line.startsWith('|'))).toEqual([]);
  });

  test.each(ours.map((words) => [words.join(' ')]))(
    'hands over words that the program knows: %s',
    async (line) => {
      expect(await understood(line.split(' '))).toBe(true);
    },
  );

  test('has a line of the program in every chapter about a way to run it', () => {
    const ways = page
      .split(/^## /m)
      .filter((chapter) => /^(?:systemd|cron|A container|Kubernetes)$/m.test(chapter));
    expect(ways).toHaveLength(4);
    for (const chapter of ways) expect(chapter).toMatch(/^ *\S.* shiftctl |^ *shiftctl /m);
  });

  test('names only files and chapters that are there', () => {
    for (const [, path = ''] of page.matchAll(/\]\(([^)#]+)\)/g))
      expect(existsSync(join(docs, path))).toBe(true);
    for (const [path] of page.matchAll(/docs\/[\w./-]+\.(?:md|yaml|service)|docs\/deploy\/Dockerfile/g))
      expect(existsSync(join(docs, '..', path))).toBe(true);
    const chapters = [...page.matchAll(/^## (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w ]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, anchor = ''] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(chapters).toContain(anchor);
  });

  test('says of the unit, the crontab, the image and the manifests what stands in them', () => {
    const unit = deploy('shift.service');
    expect(typed).toContain(deploy('crontab').trimEnd().split('\n').at(-1));
    const said = [...page.matchAll(/--state-dir (\/[\w/]+)/g)].map(([, path = '']) => path);
    expect([...new Set(said)]).toEqual([/--state-dir (\S+) daemon/.exec(unit)?.[1]]);
    expect(typed.join('\n')).toContain(`--home-dir ${said[0] ?? ''} `);
    expect(unit).toContain('EnvironmentFile=-/etc/shift/environment');
    expect(unit).toContain('--health 127.0.0.1:9464');
    expect(page).toContain('--health 127.0.0.1:9464');
    expect(page).toContain('http://127.0.0.1:9464/healthz');
    expect(deploy('Dockerfile')).toContain('VOLUME /var/lib/shift');
    expect(page).toContain('-v shift-state:/var/lib/shift');
    for (const manifest of [deploy('daemon.yaml'), deploy('cronjob.yaml')]) {
      expect(manifest).toContain('image: registry.example.com/shift:0.1.0');
      expect(manifest).toContain('name: shift-credentials');
    }
    const [, seconds, failures] =
      /periodSeconds: (\d+)\n.*\n\s*failureThreshold: (\d+)/.exec(deploy('daemon.yaml')) ?? [];
    expect(Number(seconds) * Number(failures)).toBe(600);
    expect(page).toContain('ten minutes of patience');
  });

  test('lists every field of the health that somebody has to understand, and the exit codes by their numbers', () => {
    const health = daemonHealth({ lastWakeAgeMs: 0, gaps: 0, trouble: null, migrations: [] });
    const explained = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field);
    const others = ['version', 'lastWakeAgeMs'];
    expect([...explained, ...others].sort()).toEqual(Object.keys(health).sort());
    const { done, internal, refused, interrupted, rolledBack, waitsForPerson, conflict } = exitCode;
    for (const code of [done, internal, refused, interrupted])
      expect(page).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
    expect(page).toContain(`| ${[rolledBack, waitsForPerson, conflict].join(', ')} |`);
    expect(page).toContain(`exits with **${interrupted}**`);
  });
});
