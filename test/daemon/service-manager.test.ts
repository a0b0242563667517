import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { daemonHealth } from '../../src/daemon/daemon-health.js';
import { serviceManager } from '../../src/daemon/service-manager.js';

const well = daemonHealth({ lastWakeAgeMs: 1, gaps: 0, trouble: null, migrations: [] });
const asleep = daemonHealth({ lastWakeAgeMs: 60_000, gaps: 0, trouble: null, migrations: [] });
const notYet = daemonHealth({ lastWakeAgeMs: null, gaps: 0, trouble: null, migrations: [] });

let directory: string;
let warnings: string[];
const log = { warn: (line: string): void => void warnings.push(line) };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shift-notify-'));
  warnings = [];
  // Stands for systemd's own helper and writes down how it was called.
  const helper = join(directory, 'systemd-notify');
  writeFileSync(helper, `#!/bin/sh\necho "$NOTIFY_SOCKET|$*" >> '${directory}/told'\n`);
  chmodSync(helper, 0o755);
});
afterEach(() => rmSync(directory, { recursive: true }));

function environment(more: Record<string, string> = {}): Record<string, string> {
  return { NOTIFY_SOCKET: '/run/notify', PATH: `${directory}:/usr/bin:/bin`, ...more };
}

async function told(count: number): Promise<string[]> {
  const path = join(directory, 'told');
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const lines = text.split('\n').filter((line) => line !== '');
    if (lines.length >= count) return lines.sort();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('systemd hears once that the daemon is ready, and how it is', async () => {
  const manager = serviceManager(environment(), log);
  manager.tell(well, 0);
  manager.tell(well, 1_000);
  expect(await told(1)).toEqual(['/run/notify|READY=1 STATUS=0 live migrations']);
  manager.stopping();
  expect(await told(2)).toContain('/run/notify|STOPPING=1 STATUS=letting running ticks end');
});

test('it is not ready before it has looked at its migrations', async () => {
  const manager = serviceManager(environment(), log);
  manager.tell(notYet, 0);
  manager.tell(well, 20_000);
  const lines = await told(2);
  expect(lines.filter((line) => line.includes('READY=1'))).toEqual([
    '/run/notify|READY=1 STATUS=0 live migrations',
  ]);
});

test('the watchdog is fed every third of its time, and not while the daemon is stuck', async () => {
  const manager = serviceManager(environment({ WATCHDOG_USEC: '30000000' }), log);
  for (let ms = 0; ms < 25_000; ms += 1_000) manager.tell(well, ms);
  for (let ms = 25_000; ms < 60_000; ms += 1_000) manager.tell(asleep, ms);
  manager.tell(well, 60_000);
  const fed = (await told(5)).filter((line) => line.includes('WATCHDOG=1'));
  expect(fed).toHaveLength(4);
});

test('a watchdog that waits for another process is not fed', async () => {
  const manager = serviceManager(environment({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' }), log);
  for (let ms = 0; ms < 60_000; ms += 1_000) manager.tell(well, ms);
  expect((await told(1)).join()).not.toContain('WATCHDOG');
});

test('a helper that is missing is told once and harms nothing', async () => {
  const manager = serviceManager(environment({ PATH: '/nowhere' }), log);
  manager.tell(well, 0);
  manager.stopping();
  while (warnings.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('systemd could not be told');
});

test('without systemd nobody is told', () => {
  const manager = serviceManager({ PATH: environment()['PATH'] }, log);
  manager.tell(well, 0);
  manager.stopping();
  expect(existsSync(join(directory, 'told'))).toBe(false);
});
