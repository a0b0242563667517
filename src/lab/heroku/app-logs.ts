import type { MetricsSwitch } from '../metrics-behaviour.js';
import type { ServedListener, ServedRequest } from '../origins/served-request.js';
import { AppLog } from './app-log.js';
import type { HerokuApp, HerokuApps } from './apps.js';
import { routerLine, timeStamp } from './router-line.js';

export interface AppLogsOptions {
  readonly apps: HerokuApps;
  /** How late the lines are told, and whether at all. */
  readonly metrics: MetricsSwitch;
  readonly random: () => number;
  /** Epoch milliseconds, the clock of the origin. */
  readonly now: () => number;
}

/** A loss is announced before the next line that comes through, and by itself after this long. */
const noticeMs = 500;

/** Lines that were thrown away and not yet announced. */
interface Loss {
  lines: number;
  readonly sinceMs: number;
}

/** The logs of all apps, written by what the router did. */
export class AppLogs implements Disposable {
  readonly #options: AppLogsOptions;
  readonly #logs = new Map<string, AppLog>();
  readonly #losses = new Map<string, Loss>();
  #lossFraction = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: AppLogsOptions) {
    this.#options = options;
  }

  /** What an origin with the Heroku router is to be given. */
  get listener(): ServedListener {
    return (served) => this.#served(served);
  }

  /** From now on this part of the lines is thrown away, 0 to 1, and the loss announced in the log. */
  lose(fraction: number): void {
    this.#lossFraction = fraction;
  }

  of(app: HerokuApp): AppLog {
    const log = this.#logs.get(app.name) ?? new AppLog(this.#options.now);
    this.#logs.set(app.name, log);
    return log;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const log of this.#logs.values()) log.close();
  }

  #served(served: ServedRequest): void {
    const { apps, metrics, random } = this.#options;
    const app = apps.withHost(served.host);
    const toldAtMs = metrics.toldAtMs(served.finishedAtMs, 0);
    if (app === undefined || toldAtMs === undefined || this.#closed) return;
    const lost = this.#lossFraction > 0 && random() < this.#lossFraction;
    const dyno = `web.${1 + Math.floor(random() * app.webDynos)}`;
    if (!lost) {
      this.#announce();
      if (this.of(app).append(routerLine(served, app, dyno), toldAtMs)) return;
    }
    const loss = this.#losses.get(app.name) ?? { lines: 0, sinceMs: served.finishedAtMs };
    loss.lines += 1;
    this.#losses.set(app.name, loss);
    this.#timer ??= setTimeout(() => this.#announce(), noticeMs);
  }

  #announce(): void {
    const { apps, metrics, now } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [name, loss] of this.#losses) {
      const app = apps.find(name);
      const toldAtMs = metrics.toldAtMs(now(), 0);
      if (app === undefined || toldAtMs === undefined) continue;
      this.of(app).append(overflowNotice(now(), loss.lines, loss.sinceMs), toldAtMs);
    }
    this.#losses.clear();
  }
}

/** How a tail says what it left out (Heroku Dev Center, "Heroku Error Codes", L11). */
export function overflowNotice(atMs: number, lines: number, sinceMs: number): string {
  return `${timeStamp(atMs)} heroku[logplex]: Error L11 (Tail buffer overflow) -> This tail session dropped ${lines} messages since ${timeStamp(sinceMs)}`;
}
