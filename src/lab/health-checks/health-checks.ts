import type { HostedZones } from '../zone/hosted-zones.js';
import { refusal, type Refusal } from '../zone/refusal.js';
import {
  isHealthy,
  nextOpinion,
  type CheckerReport,
  type HealthCheckSettings,
  type LabHealthCheck,
  type Opinion,
} from './health-check.js';

/** The default quota of an account. */
const maxHealthChecks = 200;

export interface HealthCheckCreated {
  readonly kind: 'created';
  readonly check: LabHealthCheck;
}

/**
 * The health checks of one account and what the checkers think of each. It has no timers and no network: checkers bring their
 * answers, so virtual time drives it as well as real time.
 */
export class HealthChecks {
  readonly #zones: HostedZones;
  readonly #random: () => number;
  readonly #checks = new Map<string, LabHealthCheck>();
  readonly #opinions = new Map<string, Map<string, Opinion>>();
  /** Every reference ever used, with its check's id: one of a deleted check cannot be used again. */
  readonly #references = new Map<string, string>();

  constructor(zones: HostedZones, random: () => number) {
    this.#zones = zones;
    this.#random = random;
  }

  /** The same reference with the same settings answers with the check that exists (API reference, CreateHealthCheck). */
  create(callerReference: string, settings: HealthCheckSettings): HealthCheckCreated | Refusal {
    const used = this.#references.get(callerReference);
    const existing = used === undefined ? undefined : this.#checks.get(used);
    if (existing !== undefined && JSON.stringify(existing.settings) === JSON.stringify(settings))
      return { kind: 'created', check: existing };
    if (used !== undefined) {
      const text = 'A health check with the same caller reference exists, or existed, with other settings.';
      return refusal('HealthCheckAlreadyExists', 409, text);
    }
    if (this.#checks.size >= maxHealthChecks)
      return refusal('TooManyHealthChecks', 400, `Limits exceeded: ${maxHealthChecks} health checks.`);
    const check = { id: this.#newId(), callerReference, version: 1, settings, tags: new Map() };
    this.#checks.set(check.id, check);
    this.#references.set(callerReference, check.id);
    this.#zones.registerHealthCheck(check.id);
    return { kind: 'created', check };
  }

  get(id: string): LabHealthCheck | undefined {
    return this.#checks.get(id);
  }

  /** In the order they were created. */
  list(): readonly LabHealthCheck[] {
    return [...this.#checks.values()];
  }

  update(id: string, change: Partial<HealthCheckSettings>): LabHealthCheck | Refusal {
    const check = this.#checks.get(id);
    if (check === undefined) return noSuchHealthCheck(id);
    const updated = { ...check, version: check.version + 1, settings: { ...check.settings, ...change } };
    this.#checks.set(id, updated);
    return updated;
  }

  tag(id: string, add: ReadonlyMap<string, string>, remove: readonly string[]): Refusal | undefined {
    const check = this.#checks.get(id);
    if (check === undefined) return noSuchHealthCheck(id);
    const kept = [...check.tags].filter(([key]) => !remove.includes(key));
    this.#checks.set(id, { ...check, tags: new Map([...kept, ...add]) });
    return undefined;
  }

  /** Records may still carry it: Route 53 does not look (API reference, DeleteHealthCheck). */
  delete(id: string): Refusal | undefined {
    if (!this.#checks.delete(id)) return noSuchHealthCheck(id);
    this.#opinions.delete(id);
    this.#zones.forgetHealthCheck(id);
    return undefined;
  }

  /** A checker's answer; one about a check that is gone by now is ignored. */
  report(id: string, report: CheckerReport): void {
    const check = this.#checks.get(id);
    if (check === undefined) return;
    const opinions = this.#opinions.get(id) ?? new Map<string, Opinion>();
    const isSuccess = report.status.startsWith('Success:');
    const before = opinions.get(report.ipAddress);
    opinions.set(report.ipAddress, nextOpinion(before, report, isSuccess, check.settings.threshold));
    this.#opinions.set(id, opinions);
  }

  /** What each checker saw last; empty while it is disabled or too young. */
  reports(id: string): readonly CheckerReport[] {
    if (this.#checks.get(id)?.settings.disabled === true) return [];
    return [...(this.#opinions.get(id)?.values() ?? [])].map(({ report }) => report);
  }

  /**
   * Whether DNS may hand out a record that carries this check. Answers for a deleted one are unpredictable, says the API
   * reference; here they are the worst that can happen.
   */
  readonly isHealthy = (id: string): boolean => {
    const check = this.#checks.get(id);
    return check !== undefined && isHealthy(check.settings, [...(this.#opinions.get(id)?.values() ?? [])]);
  };

  #newId(): string {
    const digits = (count: number): string =>
      Array.from({ length: count }, () => Math.floor(this.#random() * 16).toString(16)).join('');
    const serial = (this.#references.size + 1).toString(16).padStart(12, '0');
    return `${digits(8)}-${digits(4)}-${digits(4)}-${digits(4)}-${serial}`;
  }
}

/** Source unconfirmed: the code is documented, the published texts differ. */
export function noSuchHealthCheck(id: string): Refusal {
  return refusal('NoSuchHealthCheck', 404, `No health check found with ID: ${id}`);
}
