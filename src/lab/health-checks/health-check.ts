/** What a health check asks, in the words of `HealthCheckConfig`. */
export interface HealthCheckSettings {
  readonly type: 'HTTP' | 'HTTPS' | 'HTTP_STR_MATCH' | 'HTTPS_STR_MATCH' | 'TCP';
  /** Connected to, if there is no name. */
  readonly ipAddress?: string;
  /** Resolved at every request when there is no address; sent as Host and as SNI. */
  readonly domainName?: string;
  readonly port: number;
  readonly path: string;
  readonly searchString?: string;
  readonly intervalSeconds: 10 | 30;
  /** Answers in a row that change a checker's mind, 1 to 10. */
  readonly threshold: number;
  readonly inverted: boolean;
  readonly disabled: boolean;
  readonly enableSni: boolean;
}

/** A health check as the account has it. */
export interface LabHealthCheck {
  readonly id: string;
  readonly callerReference: string;
  readonly version: number;
  readonly settings: HealthCheckSettings;
  readonly tags: ReadonlyMap<string, string>;
}

/** What one checker saw last. */
export interface CheckerReport {
  readonly region: string;
  readonly ipAddress: string;
  /** In the words of the API: `Success: HTTP Status Code 200, OK`, or `Failure: ...`. */
  readonly status: string;
  readonly checkedAtMs: number;
}

/** One checker's opinion: it changes only after `threshold` answers in a row that say otherwise. */
export interface Opinion {
  readonly report: CheckerReport;
  readonly isHealthy: boolean;
  /** Answers in a row against the opinion. */
  readonly contrary: number;
}

/** A larger part than this of the checkers is enough (Developer Guide, "How Route 53 determines the status of health checks"). */
const healthyFraction = 0.18;

/** The opinion of a checker after one more answer; its first answer is its first opinion. */
export function nextOpinion(
  before: Opinion | undefined,
  report: CheckerReport,
  isSuccess: boolean,
  threshold: number,
): Opinion {
  if (before === undefined) return { report, isHealthy: isSuccess, contrary: 0 };
  if (before.isHealthy === isSuccess) return { report, isHealthy: isSuccess, contrary: 0 };
  const contrary = before.contrary + 1;
  if (contrary >= threshold) return { report, isHealthy: isSuccess, contrary: 0 };
  return { report, isHealthy: before.isHealthy, contrary };
}

/**
 * What Route 53 takes a health check for. Disabled: healthy. Too young for any opinion: healthy. Inverted: the opposite of all of
 * that (API reference, HealthCheckConfig, "Disabled" and "Inverted").
 */
export function isHealthy(settings: HealthCheckSettings, opinions: readonly Opinion[]): boolean {
  if (settings.disabled) return !settings.inverted;
  const healthy = opinions.filter((opinion) => opinion.isHealthy).length;
  const agreed = opinions.length === 0 || healthy / opinions.length > healthyFraction;
  return agreed !== settings.inverted;
}
