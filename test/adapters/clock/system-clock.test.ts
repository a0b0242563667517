import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { bootId } from '../../../src/adapters/clock/boot-id.js';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.js';

const clock = createSystemClock();
const never = new AbortController().signal;

test('wall time is the time of the machine', () => {
  const before = Date.now();
  const now = clock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

test('monotonic time is that of the other processes of this boot, and goes on when the wall clock steps back', () => {
  const before = clock.monotonicMs();
  const script = 'process.stdout.write(String(Number(process.hrtime.bigint()) / 1e6))';
  const other = Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
  vi.spyOn(Date, 'now').mockReturnValue(0);
  const after = clock.monotonicMs();
  vi.restoreAllMocks();
  expect(other).toBeGreaterThan(before);
  expect(other).toBeLessThan(after);
});

test('the boot has one name for as long as it lasts', () => {
  expect(clock.bootId).toBe(bootId());
  expect(clock.bootId).not.toBe('');
});

test.runIf(process.platform === 'linux')('on Linux the boot is named by the kernel', () => {
  expect(clock.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
});

test('sleep lasts as long as asked', async () => {
  const start = clock.monotonicMs();
  await clock.sleep(30, never);
  expect(clock.monotonicMs() - start).toBeGreaterThanOrEqual(29);
});

test.each([0, -5, Number.NaN])('sleeping %d ms is over at once', async (ms) => {
  const start = clock.monotonicMs();
  await clock.sleep(ms, never);
  expect(clock.monotonicMs() - start).toBeLessThan(20);
});

test('sleep ends without an error when its signal aborts, also when that was long ago', async () => {
  const start = clock.monotonicMs();
  await clock.sleep(60_000, AbortSignal.timeout(20));
  await clock.sleep(60_000, AbortSignal.abort());
  expect(clock.monotonicMs() - start).toBeLessThan(1000);
});

test('a sleep longer than any timer neither ends at once nor spins', async () => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', onWarning);
  const start = clock.monotonicMs();
  await clock.sleep(2 ** 31 + 1000, AbortSignal.timeout(50));
  process.off('warning', onWarning);
  expect(clock.monotonicMs() - start).toBeGreaterThanOrEqual(45);
  expect(warnings).not.toContain('TimeoutOverflowWarning');
});
