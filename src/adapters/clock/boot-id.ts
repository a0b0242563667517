import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** Names the boot of this machine: equal in all processes of one boot, different after the next. */
export function bootId(): string {
  return fromLinux() ?? fromMacOs() ?? fromUptime();
}

/** A random id the kernel makes once at boot (Linux manual, `random(4)`). */
function fromLinux(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The second of the boot, for instance `{ sec = 1772000000, usec = 0 } Wed Feb 25 ...`. */
function fromMacOs(): string | undefined {
  if (process.platform !== 'darwin') return undefined;
  try {
    const output = execFileSync('/usr/sbin/sysctl', ['-n', 'kern.boottime'], {
      encoding: 'utf8',
      timeout: 2000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const second = /sec = (\d+)/.exec(output)?.[1];
    return second === undefined ? undefined : `boot-${second}`;
  } catch {
    return undefined;
  }
}

/**
 * The minute of the boot as wall time minus uptime. A stepped wall clock changes it; then two readings of one boot count as
 * two boots, which only means that their monotonic times are not compared.
 */
function fromUptime(): string {
  return `boot-minute-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
}
