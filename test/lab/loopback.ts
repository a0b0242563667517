let used = 0;

/**
 * A loopback address of this test process's own, so that test files run side by side and dead listeners can come back.
 * The first two octets after 127 come from the process id; the lab itself uses 127.53.
 */
export function privateAddress(): string {
  used += 1;
  return `127.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 250}.${used}`;
}
