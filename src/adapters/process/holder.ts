import { hostname } from 'node:os';
import type { Holder } from '../../engine/ports.js';

/**
 * This process as a lease holder: `<host>/<boot>/<pid>`. A holder of the same machine and boot whose process no longer runs is
 * gone for good; of any other nothing can be known, so its lease must run out.
 */
export function createHolder(bootId: string): Holder {
  const prefix = `${hostname()}/${bootId}/`;
  return {
    name: `${prefix}${process.pid}`,
    isGone(other) {
      if (!other.startsWith(prefix)) return false;
      const pid = Number(other.slice(prefix.length));
      return Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && !isRunning(pid);
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that it runs under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
