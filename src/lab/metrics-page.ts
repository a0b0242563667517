import { Counter, Histogram, Registry } from 'prom-client';
import type { MetricsSwitch } from './metrics-behaviour.js';
import type { ServedRequest } from './origins/served-request.js';

/** Upper bounds in seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const codeClasses = ['2xx', '3xx', '4xx', '5xx'] as const;

export type MetricsPageSide = 'source' | 'target';

/**
 * Both sides' requests as an exporter in front of them would show them to Prometheus: `http_requests_total` by side and class of
 * status, and `http_request_duration_seconds`.
 *
 * A side that is silenced is not on the page; when it comes back it counts from zero, as a restarted exporter does.
 */
export class MetricsPage {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests that were answered, by side and class of status.',
    labelNames: ['side', 'code'],
    registers: [this.#registry],
  });
  readonly #durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to its answer.',
    labelNames: ['side'],
    buckets,
    registers: [this.#registry],
  });
  readonly #switches: Readonly<Record<MetricsPageSide, MetricsSwitch>>;

  constructor(switches: Readonly<Record<MetricsPageSide, MetricsSwitch>>) {
    this.#switches = switches;
  }

  /** Counts a request; one whose client has gone counts as 4xx, as proxies note it. */
  count(side: MetricsPageSide, { outcome, startedAtMs, finishedAtMs }: ServedRequest): void {
    if (this.#isSilenced(side)) return;
    const hundred = outcome.kind === 'abandoned' ? 4 : Math.floor(outcome.status / 100);
    this.#requests.inc({ side, code: `${hundred}xx` });
    this.#durations.observe({ side }, (finishedAtMs - startedAtMs) / 1_000);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The page in the text format of Prometheus. */
  text(): Promise<string> {
    for (const side of ['source', 'target'] as const) {
      if (!this.#isSilenced(side)) continue;
      for (const code of codeClasses) this.#requests.remove({ side, code });
      this.#durations.remove({ side });
    }
    return this.#registry.metrics();
  }

  #isSilenced(side: MetricsPageSide): boolean {
    return this.#switches[side].behaviour.silenced;
  }
}
