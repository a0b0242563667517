import { execFile } from 'node:child_process';
import type { Log } from '../engine/ports.js';
import { healthLine, type DaemonHealth } from './daemon-health.js';

/** Whatever started this process and wants to hear how it is. */
export interface ServiceManager {
  /** To be called at every wake-up; says at most what has changed or what a watchdog waits for. */
  tell(health: DaemonHealth, monotonicMs: number): void;
  stopping(): void;
}

/** For a process that nobody wants to hear of. */
export const noServiceManager: ServiceManager = { tell: () => undefined, stopping: () => undefined };

type Environment = Readonly<Record<string, string | undefined>>;

/** The helper answers at once or not at all. */
const helperMs = 5_000;
/** A line that changes all the time is not told all the time. */
const statusEveryMs = 10_000;

/**
 * Tells systemd with `systemd-notify`, because Node has no datagram sockets of the kind that `sd_notify(3)` wants; the unit therefore
 * needs `NotifyAccess=all`. Without `NOTIFY_SOCKET` nobody is told. The watchdog is fed while the daemon wakes up and its ticks end.
 */
export function serviceManager(environment: Environment, log: Log): ServiceManager {
  return environment['NOTIFY_SOCKET'] === undefined ? noServiceManager : new Systemd(environment, log);
}

class Systemd implements ServiceManager {
  readonly #environment: Environment;
  readonly #log: Log;
  readonly #watchdogEveryMs: number | null;
  #isReady = false;
  #status = '';
  #statusAtMs = -Infinity;
  #fedAtMs = -Infinity;
  #hasFailed = false;

  constructor(environment: Environment, log: Log) {
    this.#environment = environment;
    this.#log = log;
    this.#watchdogEveryMs = watchdogEveryMs(environment);
  }

  tell(health: DaemonHealth, monotonicMs: number): void {
    const said: string[] = [];
    if (!this.#isReady && health.lastWakeAgeMs !== null) said.push('READY=1');
    this.#isReady ||= health.lastWakeAgeMs !== null;
    const status = healthLine(health);
    if (status !== this.#status && monotonicMs - this.#statusAtMs >= statusEveryMs) {
      said.push(`STATUS=${status}`);
      this.#status = status;
      this.#statusAtMs = monotonicMs;
    }
    const isHungry = this.#watchdogEveryMs !== null && monotonicMs - this.#fedAtMs >= this.#watchdogEveryMs;
    if (isHungry && !health.stuck) {
      said.push('WATCHDOG=1');
      this.#fedAtMs = monotonicMs;
    }
    if (said.length > 0) this.#send(said);
  }

  stopping(): void {
    this.#send(['STOPPING=1', 'STATUS=letting running ticks end']);
  }

  #send(words: readonly string[]): void {
    const env = { NOTIFY_SOCKET: this.#environment['NOTIFY_SOCKET'], PATH: this.#environment['PATH'] };
    execFile('systemd-notify', words, { env, timeout: helperMs }, (error) => {
      if (error === null || this.#hasFailed) return;
      this.#hasFailed = true;
      this.#log.warn(`systemd could not be told ${words.join(' ')}: ${error.message.trim()}`);
    });
  }
}

/** A third of what systemd waits for, which is in microseconds and may be meant for another process (`sd_watchdog_enabled(3)`). */
function watchdogEveryMs(environment: Environment): number | null {
  const microseconds = Number(environment['WATCHDOG_USEC']);
  const isForOther = (environment['WATCHDOG_PID'] ?? String(process.pid)) !== String(process.pid);
  return isForOther || !(microseconds > 0) ? null : microseconds / 3_000;
}
