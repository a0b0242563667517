import { beforeAll, expect, it } from 'vitest';
import { createHealthChecks } from '../../../src/adapters/route53/health-checks.js';
import { HealthChecks } from '../../../src/lab/health-checks/health-checks.js';
import { startRoute53 } from '../../../src/lab/route53/server.js';
import { HostedZones } from '../../../src/lab/zone/hosted-zones.js';
import { healthCheckApiContract } from '../../contract/health-check-api.contract.js';
import { useCanaryCredentials } from './aws-environment.js';
import { MemoryHealthCheckApi } from './memory-health-check-api.js';

beforeAll(useCanaryCredentials);

function zonesAndChecks(): { zones: HostedZones; healthChecks: HealthChecks } {
  const zones = new HostedZones({ serverCount: 4, insyncDelayMs: 0, now: Date.now, random: Math.random });
  return { zones, healthChecks: new HealthChecks(zones, Math.random) };
}

healthCheckApiContract('Route 53 over the wire', async () => {
  const served = zonesAndChecks();
  const lab = await startRoute53({ ...served, host: '127.0.0.1', port: 0 });
  const api = createHealthChecks({ endpoint: lab.url, timeoutMs: 5_000 });
  return { api, checks: served.healthChecks, [Symbol.asyncDispose]: () => lab.close() };
});

healthCheckApiContract('MemoryHealthCheckApi', () => {
  const { healthChecks: checks } = zonesAndChecks();
  const api = new MemoryHealthCheckApi(checks);
  return Promise.resolve({ api, checks, [Symbol.asyncDispose]: () => Promise.resolve() });
});

it('creates one check although the first answer was lost', async () => {
  const served = zonesAndChecks();
  const lab = await startRoute53({ ...served, host: '127.0.0.1', port: 0 });
  lab.faults.add({ kind: 'drop-reply', actions: ['CreateHealthCheck'], next: 1 });
  const api = createHealthChecks({ endpoint: lab.url, timeoutMs: 5_000 });
  const spec = { reference: 'm/1', migrationId: 'm', label: 'l', disabled: true, endpoint: 'a.example.net' };
  const asked = {
    ...spec,
    port: 443,
    path: '/',
    searchString: null,
    intervalSeconds: 30,
    threshold: 3,
  } as const;
  const created = await api.create(asked, new AbortController().signal);
  expect(created).toMatchObject({ ok: true });
  expect(served.healthChecks.list()).toHaveLength(1);
  await lab.close();
});
