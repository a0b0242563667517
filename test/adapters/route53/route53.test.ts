import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRoute53 } from '../../../src/adapters/route53/route53.js';
import type { RecordName } from '../../../src/core/record-name.js';
import { plainCname } from '../../../src/core/record-set.js';
import type { ZoneApi } from '../../../src/engine/ports.js';
import { startRoute53, type Route53Lab } from '../../../src/lab/route53/server.js';
import { HostedZones } from '../../../src/lab/zone/hosted-zones.js';
import { zoneApiContract } from '../../contract/zone-api.contract.js';
import { useCanaryCredentials } from './aws-environment.js';

const never = new AbortController().signal;
const host = 'www.example.com.' as RecordName;
const batch = {
  changes: [{ action: 'CREATE' as const, record: plainCname(host, 'x.example.net', 60) }],
  comment: 'test',
};

beforeAll(useCanaryCredentials);

interface Served {
  readonly zones: HostedZones;
  readonly lab: Route53Lab;
  readonly api: ZoneApi;
}

async function serve(timeoutMs = 5000): Promise<Served> {
  const zones = new HostedZones({ serverCount: 4, insyncDelayMs: 0, now: Date.now, random: Math.random });
  const lab = await startRoute53({ zones, host: '127.0.0.1', port: 0 });
  return { zones, lab, api: await createRoute53({ endpoint: lab.url, timeoutMs }) };
}

zoneApiContract('Route 53 over the wire', async () => {
  const { zones, lab, api } = await serve();
  return { zones, api, [Symbol.asyncDispose]: () => lab.close() };
});

describe('Route 53 under faults', () => {
  let served: Served;

  beforeEach(async () => {
    served = await serve();
    served.zones.createZone({ name: 'example.com', callerReference: '1', id: 'Z1' });
  });
  afterEach(async () => {
    await served.lab.close();
  });

  it('fault 3: does not send a change again when its answer was lost', async () => {
    served.lab.faults.add({ kind: 'drop-reply', on: 'writes' });
    expect(await served.api.change('Z1', batch, 1000, never)).toMatchObject({
      ok: false,
      error: { reason: 'unavailable' },
    });
    expect(served.lab.requests).toHaveLength(1);
    expect(await served.api.records('Z1', [host], never)).toMatchObject({
      ok: true,
      value: [{ name: host }],
    });
  });

  it('reads again after one lost answer', async () => {
    served.lab.faults.add({ kind: 'drop-reply', on: 'reads', next: 1 });
    expect(await served.api.records('Z1', [host], never)).toEqual({ ok: true, value: [] });
    expect(served.lab.requests).toHaveLength(2);
  });

  it('ends a change that is never answered at its own limit', async () => {
    served.lab.faults.add({ kind: 'stall' });
    const startedAt = performance.now();
    expect(await served.api.change('Z1', batch, 150, never)).toMatchObject({
      ok: false,
      error: { reason: 'timeout' },
    });
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it('asks for the zones of the host only, however many the account has', async () => {
    for (let index = 0; index < 300; index += 1) {
      served.zones.createZone({ name: `other-${index}.com`, callerReference: `other-${index}` });
    }
    const found = await served.api.zonesFor(host, never);
    expect(found.ok && found.value.map((zone) => zone.id)).toEqual(['Z1']);
    expect(served.lab.requests).toHaveLength(4);
  });
});
