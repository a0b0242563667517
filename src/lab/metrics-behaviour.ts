/** How a side's own metrics reach those who ask for them: CloudWatch for the load balancer, log sessions for the Heroku router. */
export interface MetricsBehaviour {
  /** What happens is told this much later than usual; nothing is lost. */
  readonly delayMs: number;
  /** What happens is never told. What had happened before is still told, and stays. */
  readonly silenced: boolean;
}

/** Metrics in good weather. */
export const promptMetrics: MetricsBehaviour = { delayMs: 0, silenced: false };

/**
 * The metrics of one side, switched while the lab runs.
 *
 * What is recorded is stamped when it happens, so that a delay which is switched on later takes back nothing that was told.
 */
export class MetricsSwitch {
  #behaviour: MetricsBehaviour = promptMetrics;

  get behaviour(): MetricsBehaviour {
    return this.#behaviour;
  }

  change(part: Partial<MetricsBehaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...part };
  }

  /**
   * When something that happens now is told; undefined for never.
   *
   * @param nowMs epoch milliseconds
   * @param usualDelayMs how long it takes in good weather
   */
  toldAtMs(nowMs: number, usualDelayMs: number): number | undefined {
    const { delayMs, silenced } = this.#behaviour;
    return silenced ? undefined : nowMs + usualDelayMs + delayMs;
  }
}
