import { classify, failure } from '../../../src/adapters/route53/classify.js';
import type { HealthCheckSpec } from '../../../src/core/failover/health-check.js';
import type { ProviderFailure } from '../../../src/core/failure.js';
import { err, ok, type Result } from '../../../src/core/result.js';
import type { HealthCheckApi } from '../../../src/engine/ports.js';
import { noSuchHealthCheck, type HealthChecks } from '../../../src/lab/health-checks/health-checks.js';
import type { Refusal } from '../../../src/lab/zone/refusal.js';

/** A `HealthCheckApi` straight over the lab's health checks, with what can go wrong on the way to them. */
export class MemoryHealthCheckApi implements HealthCheckApi {
  /** Calls that fail before anything happens. */
  fail: ProviderFailure | null = null;
  /** So many creations happen, but their replies are lost. */
  dropReply = 0;
  readonly calls: string[] = [];
  readonly #checks: HealthChecks;

  constructor(checks: HealthChecks) {
    this.#checks = checks;
  }

  create(spec: HealthCheckSpec): Promise<Result<{ readonly healthCheckId: string }, ProviderFailure>> {
    return this.#call('CreateHealthCheck', () => {
      const { searchString } = spec;
      const outcome = this.#checks.create(spec.reference, {
        type: searchString === null ? 'HTTPS' : 'HTTPS_STR_MATCH',
        domainName: spec.endpoint,
        port: spec.port,
        path: spec.path,
        ...(searchString === null ? {} : { searchString }),
        intervalSeconds: spec.intervalSeconds,
        threshold: spec.threshold,
        inverted: false,
        disabled: spec.disabled,
        enableSni: true,
      });
      if (outcome.kind === 'refused') return outcome;
      const tags = new Map([
        ['Name', spec.label],
        ['shift:migration', spec.migrationId],
      ]);
      this.#checks.tag(outcome.check.id, tags, []);
      return { healthCheckId: outcome.check.id };
    });
  }

  status(
    id: string,
  ): Promise<Result<{ readonly healthy: number; readonly checkers: number }, ProviderFailure>> {
    return this.#call('GetHealthCheckStatus', () => {
      if (this.#checks.get(id) === undefined) return noSuchHealthCheck(id);
      const reports = this.#checks.reports(id);
      const healthy = reports.filter(({ status }) => status.startsWith('Success:')).length;
      return { healthy, checkers: reports.length };
    });
  }

  delete(id: string): Promise<Result<null, ProviderFailure>> {
    return this.#call('DeleteHealthCheck', () => this.#checks.delete(id) ?? null);
  }

  find(reference: string): Promise<Result<string | null, ProviderFailure>> {
    return this.#call(
      'ListHealthChecks',
      () => this.#checks.list().find((check) => check.callerReference === reference)?.id ?? null,
    );
  }

  #call<T>(operation: string, work: () => T | Refusal): Promise<Result<T, ProviderFailure>> {
    this.calls.push(operation);
    if (this.fail !== null) return Promise.resolve(err(this.fail));
    const outcome = work();
    if (isRefusal(outcome)) {
      const { code, message, httpStatus } = outcome;
      const error = { name: code, message, $metadata: { httpStatusCode: httpStatus } };
      return Promise.resolve(err(classify(error, operation)));
    }
    if (operation === 'CreateHealthCheck' && this.dropReply > 0) {
      this.dropReply -= 1;
      return Promise.resolve(err(failure('timeout', operation, 'the reply was lost')));
    }
    return Promise.resolve(ok(outcome));
  }
}

function isRefusal(outcome: unknown): outcome is Refusal {
  return typeof outcome === 'object' && outcome !== null && 'kind' in outcome && outcome.kind === 'refused';
}
