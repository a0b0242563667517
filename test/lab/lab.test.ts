import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type Change,
} from '@aws-sdk/client-route-53';
import { afterEach, describe, expect, test } from 'vitest';
import { claimHolder } from '../../src/lab/claim.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import type { LabOptions } from '../../src/lab/lab-options.js';
import { ask } from './origins/request.js';

const labs: Lab[] = [];

afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

/** A lab in which everything happens at once, without clients unless they are asked for. */
async function instantLab(options: LabOptions = {}): Promise<Lab> {
  const lab = await startLab({ clients: 'off', insyncDelayMs: 100, ttlSeconds: 1, ...options });
  labs.push(lab);
  return lab;
}

function resolverAt(lab: Lab, address = lab.settings.addresses.resolver): Resolver {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers([`${address}:${lab.settings.dnsPort}`]);
  return resolver;
}

function route53(lab: Lab): Route53Client {
  const environment = lab.environment();
  return new Route53Client({
    endpoint: environment['AWS_ENDPOINT_URL_ROUTE_53'] ?? '',
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
    maxAttempts: 1,
  });
}

function askHost(lab: Lab, address: string, path = '/version') {
  return ask({ address, port: lab.settings.httpsPort, ca: lab.caPem, host: lab.host, path });
}

function member(lab: Lab, setIdentifier: string, weight: number, value: string): Change {
  const Name = lab.host;
  const records = { TTL: 1, ResourceRecords: [{ Value: value }] };
  return {
    Action: 'UPSERT',
    ResourceRecordSet: { Name, Type: 'CNAME', SetIdentifier: setIdentifier, Weight: weight, ...records },
  };
}

/** The pair with this share of the target. */
function pair(lab: Lab, share: number): Change[] {
  return [
    member(lab, 'shift-source', 100 - share, lab.source.dnsName),
    member(lab, 'shift-target', share, lab.target.dnsName),
  ];
}

function change(lab: Lab, client: Route53Client, changes: Change[]) {
  return client.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: lab.zoneId, ChangeBatch: { Changes: changes } }),
  );
}

function removePlain(lab: Lab, ttlSeconds = 1): Change {
  return {
    Action: 'DELETE',
    ResourceRecordSet: {
      Name: lab.host,
      Type: 'CNAME',
      TTL: ttlSeconds,
      ResourceRecords: [{ Value: lab.source.dnsName }],
    },
  };
}

async function canListen(address: string, port: number): Promise<boolean> {
  const server = createServer().listen(port, address);
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

async function until(condition: () => boolean | Promise<boolean>, withinMs = 8_000): Promise<void> {
  const endsAtMs = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > endsAtMs) throw new Error(`Not true within ${withinMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('before anything has moved', () => {
  test('the host resolves to Heroku on every name server and through the resolver, and answers over TLS', async () => {
    const lab = await instantLab();
    for (const address of lab.settings.addresses.nameServers) {
      expect(await resolverAt(lab, address).resolveCname(lab.host)).toEqual([lab.source.dnsName]);
      const [first] = await resolverAt(lab, address).resolve4(lab.source.dnsName, { ttl: true });
      expect(lab.source.origin.addresses).toContain(first?.address);
    }
    const addresses = await resolverAt(lab).resolve4(lab.host);
    expect([...addresses].sort()).toEqual([...lab.settings.addresses.herokuRouter].sort());
    for (const address of addresses) {
      const answer = await askHost(lab, address);
      expect(JSON.parse(answer.body)).toEqual({ deployment: 'my-app' });
      expect(answer.headers.via).toBe('1.1 heroku-router');
    }
    const balancers = await resolverAt(lab).resolve4('my-alb-1.eu-west-1.elb.amazonaws.com');
    expect([...balancers].sort()).toEqual([...lab.settings.addresses.loadBalancer].sort());
    const answer = await askHost(lab, balancers[0] ?? '');
    expect(JSON.parse(answer.body)).toEqual({ deployment: 'my-alb-1' });
  });

  test('the load balancer has ::1, in DNS too, exactly when it was free', async () => {
    const freeBefore = await canListen('::1', 8443);
    const labs = [await instantLab(), await instantLab()];
    const served = labs.map((lab) => lab.target.origin.addresses.includes('::1'));
    const inDns = labs.map((lab) =>
      resolverAt(lab)
        .resolve6(lab.target.dnsName)
        .catch(() => []),
    );
    expect(await Promise.all(inDns)).toEqual(served.map((has) => (has ? ['::1'] : [])));
    // Another lab on this machine may have it, or take it between the two looks.
    const freeAfter = await canListen('::1', 8443);
    if (freeBefore && !freeAfter) expect(served.filter(Boolean).length).toBeLessThanOrEqual(1);
    if (freeBefore && freeAfter) expect(served).toContain(true);
  });

  test('the parent delegates the zone to name servers that have addresses', async () => {
    const lab = await instantLab();
    const resolver = resolverAt(lab);
    const servers = await resolver.resolveNs('example.com');
    expect(servers).toHaveLength(4);
    const addresses = await Promise.all(servers.map((server) => resolver.resolve4(server)));
    expect(addresses.flat().sort()).toEqual([...lab.settings.addresses.nameServers].sort());
    const parent = await resolver.resolveNs('com');
    expect([...parent].sort()).toEqual([...servers].sort());
    await expect(resolver.resolve4('nothing.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('the API has the zones of the account and no others', async () => {
    const lab = await instantLab({ extraZones: ['example.net'] });
    const { HostedZones } = await route53(lab).send(new ListHostedZonesByNameCommand({}));
    expect(HostedZones?.map((zone) => zone.Name)).toEqual(['example.com.', 'example.net.']);
    expect(HostedZones?.[0]?.Id).toBe(`/hostedzone/${lab.zoneId}`);
  });

  test('the Heroku API knows the app and its DNS target', async () => {
    const lab = await instantLab();
    const environment = lab.environment();
    const answer = await fetch(`${environment['HEROKU_HOST'] ?? ''}/apps/my-app/domains/${lab.host}`, {
      headers: {
        accept: 'application/vnd.heroku+json; version=3',
        authorization: `Bearer ${environment['HEROKU_API_KEY'] ?? ''}`,
      },
    });
    expect(await answer.json()).toMatchObject({ cname: lab.source.dnsName });
  });
});

describe('from AWS to Heroku', () => {
  test.each(['cname', 'alias'] as const)(
    'the host begins as %s to the load balancer',
    async (initialRecords) => {
      const lab = await instantLab({ direction: 'aws-to-heroku', initialRecords });
      expect(lab.source.endpoint).toBe('aws:my-alb-1.eu-west-1.elb.amazonaws.com');
      expect(lab.target.endpoint).toBe('heroku:my-app');
      const addresses = await resolverAt(lab).resolve4(lab.host);
      expect([...addresses].sort()).toEqual([...lab.settings.addresses.loadBalancer].sort());
      const { ResourceRecordSets } = await route53(lab).send(
        new ListResourceRecordSetsCommand({ HostedZoneId: lab.zoneId, StartRecordName: lab.host }),
      );
      const records = ResourceRecordSets ?? [];
      expect(records.map((record) => record.Type)).toEqual(
        initialRecords === 'cname' ? ['CNAME'] : ['A', 'AAAA'],
      );
      if (initialRecords === 'cname') expect(records[0]?.TTL).toBe(1);
      else expect(records[0]?.AliasTarget?.HostedZoneId).toBe('Z32O12XQLNTSW2');
    },
  );

  test('an alias to Heroku cannot be', async () => {
    await expect(startLab({ initialRecords: 'alias' })).rejects.toThrow(RangeError);
  });
});

describe('when weights are changed through the SDK', () => {
  test('name servers follow after the change is in sync, and the clients after their TTL', async () => {
    const lab = await instantLab({ clients: { resolvers: 60, requestsPerSecond: 4 }, seed: 'shares' });
    await until(() => (lab.measuredShare(1)?.source.ok ?? 0) > 100);
    expect(lab.measuredShare(1)?.targetPercent).toBe(0);

    const client = route53(lab);
    const answer = await change(lab, client, [removePlain(lab), ...pair(lab, 50)]);
    expect(answer.ChangeInfo?.Status).toBe('PENDING');
    expect(lab.setShare()).toEqual({ percent: 50, weighted: true, ttlSeconds: 1 });
    const id = answer.ChangeInfo?.Id ?? '';
    await until(async () => {
      const { ChangeInfo } = await client.send(new GetChangeCommand({ Id: id }));
      return ChangeInfo?.Status === 'INSYNC';
    });
    await until(() => {
      const percent = lab.measuredShare(1)?.targetPercent ?? 0;
      return percent > 30 && percent < 70;
    });

    await change(lab, client, pair(lab, 100));
    await until(() => (lab.measuredShare(1)?.targetPercent ?? 0) > 85);
    await until(() => (lab.target.origin.load().at(-2)?.requests ?? 0) > 150);
    expect(lab.clients?.total().errors).not.toHaveProperty('dns');
  });

  test('without clients nothing is measured', async () => {
    expect((await instantLab()).measuredShare(1)).toBeUndefined();
  });
});

describe('scenarios', () => {
  test('target-dies: the target refuses connections once 25 % have been observed, and the source goes on', async () => {
    const lab = await instantLab({ scenario: 'target-dies' });
    const [address] = lab.settings.addresses.loadBalancer;
    await change(lab, route53(lab), [removePlain(lab), ...pair(lab, 25)]);
    expect((await askHost(lab, address)).status).toBe(200);
    // 100 ms to every name server, 1 s of TTL, 1 s of tail and 3 s of observation.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect((await askHost(lab, address)).status).toBe(200);
    await until(() => lab.target.origin.behaviour.dead, 3_000);
    await expect(askHost(lab, address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect((await askHost(lab, lab.settings.addresses.herokuRouter[0])).status).toBe(200);
    expect(lab.scenarioEvents()).toHaveLength(1);
  });

  test('in the other direction it is Heroku that suffers', async () => {
    const lab = await instantLab({ scenario: 'capacity', direction: 'aws-to-heroku' });
    await until(() => lab.apps.find('my-app') !== undefined && lab.scenarioEvents().length === 1);
    expect(lab.target.origin.behaviour.capacityPerSecond).toBe(75);
    expect(lab.target.origin.addresses).toEqual(lab.settings.addresses.herokuRouter);
    expect(lab.source.origin.behaviour.capacityPerSecond).toBeUndefined();
  });

  test('flaky-api: reads are throttled now and then, and the answer to the change after the take-over is lost', async () => {
    const lab = await instantLab({ scenario: 'flaky-api' });
    const client = route53(lab);
    await change(lab, client, [removePlain(lab), ...pair(lab, 0)]);
    await until(() => lab.scenarioEvents().length === 2);
    await expect(change(lab, client, pair(lab, 10))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(lab.setShare().percent).toBe(10);
    const listing = new ListResourceRecordSetsCommand({ HostedZoneId: lab.zoneId });
    const reads = await Promise.allSettled(Array.from({ length: 60 }, () => client.send(listing)));
    const throttled = reads.filter((read) => read.status === 'rejected').length;
    expect(throttled).toBeGreaterThan(0);
    expect(throttled).toBeLessThan(20);
  });
});

test('two labs run side by side, and each takes everything along when it ends', async () => {
  const [first, second] = await Promise.all([instantLab(), instantLab()]);
  expect(first.settings.subnet).not.toBe(second.settings.subnet);
  await first.close();
  await first.close();
  expect(await claimHolder(first.settings)).toBeUndefined();
  await expect(stat(first.directory.path)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(askHost(first, first.settings.addresses.loadBalancer[0])).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
  expect((await askHost(second, second.settings.addresses.loadBalancer[0])).status).toBe(200);
  const again = await instantLab({ subnet: first.settings.subnet });
  expect(again.settings).toEqual(first.settings);
});

test('a start that fails half way leaves nothing behind', async () => {
  const { subnet } = await instantLab().then(async (lab) => {
    await lab.close();
    return lab.settings;
  });
  await expect(startLab({ subnet, extraZones: ['not a name'] })).rejects.toThrow('not a name');
  const lab = await instantLab({ subnet });
  expect(lab.settings.subnet).toBe(subnet);
});
