import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HealthCheckSpec } from '../../src/core/failover/health-check.js';
import type { ProviderFailure } from '../../src/core/failure.js';
import type { Result } from '../../src/core/result.js';
import type { HealthCheckApi } from '../../src/engine/ports.js';
import type { HealthChecks } from '../../src/lab/health-checks/health-checks.js';

export interface HealthCheckApiUnderTest extends AsyncDisposable {
  readonly api: HealthCheckApi;
  /** What the API serves. */
  readonly checks: HealthChecks;
}

const never = new AbortController().signal;

const spec: HealthCheckSpec = {
  reference: 'www-example-com-abc123/2',
  migrationId: 'www-example-com-abc123',
  label: 'shift www.example.com target',
  disabled: false,
  endpoint: 'my-alb-1.eu-west-1.elb.amazonaws.com',
  port: 8443,
  path: '/healthz?deep=1&x=<y>',
  searchString: 'all "good" & <well>',
  intervalSeconds: 10,
  threshold: 2,
};

/** What every `HealthCheckApi` must do, whatever it is made of. */
export function healthCheckApiContract(name: string, open: () => Promise<HealthCheckApiUnderTest>): void {
  describe(`${name} as a HealthCheckApi`, () => {
    let subject: HealthCheckApiUnderTest;

    beforeEach(async () => {
      subject = await open();
    });
    afterEach(async () => {
      await subject[Symbol.asyncDispose]();
    });

    async function create(change: Partial<HealthCheckSpec> = {}): Promise<string> {
      return valueOf(await subject.api.create({ ...spec, ...change }, never)).healthCheckId;
    }

    it('creates a check that asks what the spec says, named and tagged with the migration', async () => {
      const check = subject.checks.get(await create());
      expect(check?.settings).toEqual({
        type: 'HTTPS_STR_MATCH',
        domainName: spec.endpoint,
        port: 8443,
        path: spec.path,
        searchString: spec.searchString,
        intervalSeconds: 10,
        threshold: 2,
        inverted: false,
        disabled: false,
        enableSni: true,
      });
      expect(Object.fromEntries(check?.tags ?? [])).toEqual({
        Name: 'shift www.example.com target',
        'shift:migration': 'www-example-com-abc123',
      });
    });

    it('creates a disabled check without a search string', async () => {
      const check = subject.checks.get(await create({ disabled: true, searchString: null }));
      expect(check?.settings).toMatchObject({ type: 'HTTPS', disabled: true });
      expect(check?.settings.searchString).toBeUndefined();
    });

    it('answers the same request with the check that exists', async () => {
      expect(await create()).toBe(await create());
      expect(subject.checks.list()).toHaveLength(1);
    });

    it('calls a reference that is used up a conflict', async () => {
      valueOf(await subject.api.delete(await create(), never));
      expect(await subject.api.create(spec, never)).toMatchObject({
        ok: false,
        error: { reason: 'conflict' },
      });
    });

    it('counts the checkers and those that found it healthy; none while nobody has asked', async () => {
      const id = await create();
      expect(await subject.api.status(id, never)).toEqual({ ok: true, value: { healthy: 0, checkers: 0 } });
      const reports = [
        'Success: HTTP Status Code 200, OK',
        'Success: HTTP Status Code 302, Found',
        'Failure: no',
      ];
      for (const [index, status] of reports.entries()) {
        subject.checks.report(id, {
          region: 'us-east-1',
          ipAddress: `192.0.2.${index}`,
          status,
          checkedAtMs: 1,
        });
      }
      expect(await subject.api.status(id, never)).toEqual({ ok: true, value: { healthy: 2, checkers: 3 } });
    });

    it('says not-found for the status and the deletion of what does not exist', async () => {
      for (const answer of [
        await subject.api.status('none', never),
        await subject.api.delete('none', never),
      ]) {
        expect(answer).toMatchObject({ ok: false, error: { reason: 'not-found' } });
      }
    });

    it('finds a check by its reference among more than a page of others', async () => {
      for (let number = 1; number <= 120; number += 1) {
        subject.checks.create(`other/${number}`, { ...other });
      }
      const id = await create();
      expect(valueOf(await subject.api.find(spec.reference, never))).toBe(id);
      expect(valueOf(await subject.api.find('www-example-com-abc123/9', never))).toBeNull();
    });
  });
}

const other = {
  type: 'TCP',
  ipAddress: '192.0.2.1',
  port: 80,
  path: '/',
  intervalSeconds: 30,
  threshold: 3,
  inverted: false,
  disabled: false,
  enableSni: false,
} as const;

function valueOf<T>(result: Result<T, ProviderFailure>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error));
}
