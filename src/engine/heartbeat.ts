import type { MigrationState } from '../core/migration-state.js';
import type { Background, TellingPorts } from './background.js';
import { withDeadline } from './deadline.js';

const beatMs = 5_000;

/** Pings the policy's dead-man's switch. Whoever listens there notices when it stops; here a failure is only said once. */
export class Heartbeat {
  readonly #ports: TellingPorts;
  readonly #background: Background;
  readonly #failing = new Set<string>();

  constructor(ports: TellingPorts, background: Background) {
    this.#ports = ports;
    this.#background = background;
  }

  /** To be called after a complete tick; returns at once. */
  begin({ plan }: MigrationState): void {
    const to = plan.policy.notify?.heartbeat ?? null;
    if (to === null) return;
    const { notifier, clock, log } = this.#ports;
    this.#background.start(`${plan.id} heartbeat`, async () => {
      const stop = new AbortController();
      const pinged = await withDeadline(notifier.beat(to, stop.signal), beatMs, clock);
      stop.abort();
      const problem = pinged.ok ? (pinged.value.ok ? null : pinged.value.error) : pinged.error;
      if (problem === null) this.#failing.delete(plan.id);
      else if (!this.#failing.has(plan.id)) {
        this.#failing.add(plan.id);
        log.warn(`the heartbeat could not be sent, which its receiver will notice: ${problem}`);
      }
    });
  }
}
