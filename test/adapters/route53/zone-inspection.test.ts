import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { createRoute53 } from '../../../src/adapters/route53/route53.js';
import { startRoute53 } from '../../../src/lab/route53/server.js';
import { HostedZones } from '../../../src/lab/zone/hosted-zones.js';
import { zoneInspectionContract } from '../../contract/zone-inspection.contract.js';
import { useCanaryCredentials } from './aws-environment.js';
import { MemoryInspection } from './memory-inspection.js';

const never = new AbortController().signal;

beforeAll(useCanaryCredentials);

function emptyZones(): HostedZones {
  return new HostedZones({ serverCount: 4, insyncDelayMs: 0, now: Date.now, random: Math.random });
}

zoneInspectionContract('Route 53 over the wire', async () => {
  const zones = emptyZones();
  const lab = await startRoute53({ zones, host: '127.0.0.1', port: 0 });
  const { inspection } = await createRoute53({ endpoint: lab.url });
  return { zones, inspection, [Symbol.asyncDispose]: () => lab.close() };
});

zoneInspectionContract('the fake', () => {
  const zones = emptyZones();
  const inspection = new MemoryInspection(zones);
  return Promise.resolve({ zones, inspection, [Symbol.asyncDispose]: () => Promise.resolve() });
});

it('reads the account from the credentials, and no account from those that do not say it', async () => {
  const { inspection } = await createRoute53({ endpoint: 'http://127.0.0.1:9' });
  expect(await inspection.account(never)).toEqual({ ok: true, value: null });
  process.env['AWS_ACCOUNT_ID'] = '123456789012';
  onTestFinished(() => {
    delete process.env['AWS_ACCOUNT_ID'];
  });
  const other = await createRoute53({ endpoint: 'http://127.0.0.1:9' });
  expect(await other.inspection.account(never)).toEqual({ ok: true, value: '123456789012' });
});

it('says which permission is missing', async () => {
  const zones = emptyZones();
  zones.createZone({ name: 'example.com', callerReference: '1', id: 'Z1' });
  const lab = await startRoute53({ zones, host: '127.0.0.1', port: 0 });
  onTestFinished(() => lab.close());
  lab.faults.add({ kind: 'access-denied', actions: ['GetDNSSEC'] });
  const { inspection } = await createRoute53({ endpoint: lab.url });
  const answer = await inspection.signing('Z1', never);
  expect(answer).toMatchObject({ ok: false, error: { reason: 'denied', operation: 'GetDNSSEC' } });
});
