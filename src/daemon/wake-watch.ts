import { formatDuration } from '../core/time.js';

/** Both clocks of the machine at a wake-up. */
export interface WakeTimes {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Wake-ups come every second; what is later than this was missed, not merely late. */
const missedAfterMs = 5_000;

/** The wall clock may drift and be slewed by this much between two wake-ups. */
const jumpAfterMs = 2_000;

/**
 * Notices between two wake-ups what a process cannot notice while it happens. Node's timers and the monotonic clock stand still while the
 * machine is suspended, but not while the event loop is blocked or the process stopped (Linux manual, `clock_gettime(2)`).
 */
export class WakeWatch {
  /** Gaps, however many wake-ups each of them cost. */
  gaps = 0;
  #last: WakeTimes | null = null;
  #missed = 0;

  /** To be called for every slot of the schedule that passed without a wake-up. */
  missed(): void {
    this.#missed += 1;
  }

  /** To be called at every wake-up. A sentence when wake-ups were missed or a clock jumped since the one before. */
  woke(now: WakeTimes): string | null {
    const last = this.#last;
    this.#last = now;
    const missed = this.#missed;
    this.#missed = 0;
    if (last === null) return null;
    const ranMs = now.monotonicMs - last.monotonicMs;
    const jumpMs = now.wallMs - last.wallMs - ranMs;
    const said: string[] = [];
    if (ranMs > missedAfterMs)
      said.push(
        `this process did nothing for ${seconds(ranMs)}: its event loop was blocked or it was stopped`,
      );
    if (jumpMs > jumpAfterMs)
      said.push(`the wall clock went forward by ${seconds(jumpMs)}: the machine slept or the clock was set`);
    if (jumpMs < -jumpAfterMs) said.push(`the wall clock was set back by ${seconds(-jumpMs)}`);
    if (said.length === 0) return null;
    this.gaps += 1;
    const slots = missed === 0 ? '' : ` (${missed} wake-ups missed)`;
    return `${said.join(', and ')}${slots}; what was not watched counts towards no promotion`;
  }

  /** Since the latest wake-up, or null before the first. */
  ageMs(monotonicMs: number): number | null {
    return this.#last === null ? null : Math.round(monotonicMs - this.#last.monotonicMs);
  }
}

function seconds(ms: number): string {
  return formatDuration(Math.round(ms / 1000) * 1000);
}
