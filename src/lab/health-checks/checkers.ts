import type { Random } from '../random.js';
import { ask } from './ask.js';
import type { HealthChecks } from './health-checks.js';
import type { LabHealthCheck } from './health-check.js';

export interface CheckersOptions {
  readonly checks: HealthChecks;
  /** The addresses of a name, as a checker resolves it before each request. */
  readonly resolve: (name: string) => readonly string[];
  readonly random: Random;
  readonly now: () => number;
  /** How much sooner than in the world the next request follows; 1 keeps Route 53's own 10 and 30 seconds. */
  readonly speed: number;
}

/** Two checkers in each of the three regions that a health check has at least (API reference, HealthCheckConfig, "Regions"). */
const checkers: readonly { readonly region: string; readonly ipAddress: string }[] = [
  ['us-east-1', '192.0.2.11'],
  ['us-east-1', '192.0.2.12'],
  ['eu-west-1', '192.0.2.21'],
  ['eu-west-1', '192.0.2.22'],
  ['ap-southeast-1', '192.0.2.31'],
  ['ap-southeast-1', '192.0.2.32'],
].map(([region = '', ipAddress = '']) => ({ region, ipAddress }));

const lookEveryMs = 50;

/**
 * The part of Route 53's data plane that asks: each checker at its own pace, none knowing of the others. It goes on whatever
 * becomes of the API.
 */
export class Checkers {
  readonly #options: CheckersOptions;
  readonly #dueAtMs = new Map<string, number>();
  readonly #asking = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(options: CheckersOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    await Promise.all(this.#asking.values());
  }

  #look(): void {
    const { checks, now, random, speed } = this.#options;
    for (const check of checks.list()) {
      if (check.settings.disabled) continue;
      const everyMs = (check.settings.intervalSeconds * 1_000) / speed;
      for (const checker of checkers) {
        const key = `${check.id} ${checker.ipAddress}`;
        const dueAtMs = this.#dueAtMs.get(key) ?? now() + random() * everyMs;
        const isDue = dueAtMs <= now() && !this.#asking.has(key);
        this.#dueAtMs.set(key, isDue ? now() + everyMs : dueAtMs);
        if (isDue) this.#begin(key, check, checker);
      }
    }
  }

  #begin(key: string, check: LabHealthCheck, checker: (typeof checkers)[number]): void {
    const asked = this.#ask(check, checker).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asked);
  }

  async #ask({ id, settings }: LabHealthCheck, checker: (typeof checkers)[number]): Promise<void> {
    const { checks, resolve, random, now } = this.#options;
    const { domainName, ipAddress } = settings;
    const addresses = ipAddress === undefined ? resolve(domainName ?? '') : [ipAddress];
    const address = addresses[Math.floor(random() * addresses.length)];
    const status = await ask(settings, address, this.#closing.signal);
    if (!this.#closing.signal.aborted) checks.report(id, { ...checker, status, checkedAtMs: now() });
  }
}
