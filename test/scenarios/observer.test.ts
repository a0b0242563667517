import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeResourceRecordSetsCommand, Route53Client, type Change } from '@aws-sdk/client-route-53';
import { expect, test } from 'vitest';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { Observer } from './observer.js';

const insyncDelayMs = 50;

/** Opens a lab with an observer, makes these changes one after the other, and gives what the observer found. */
async function findings(...batches: ((lab: Lab) => Change[])[]): Promise<readonly string[]> {
  await using lab = await startLab({ clients: 'off', insyncDelayMs, ttlSeconds: 1 });
  await using observer = await Observer.watch(lab);
  const client = new Route53Client({
    endpoint: lab.route53.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIALAB', secretAccessKey: 'lab' },
  });
  for (const changes of batches) {
    await sleep(200);
    const ChangeBatch = { Changes: changes(lab) };
    await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: lab.zoneId, ChangeBatch }));
  }
  await sleep(500);
  await observer.stop();
  expect(observer.answers.length).toBeGreaterThan(100);
  return observer.findings(insyncDelayMs + 100);
}

function record(Action: Change['Action'], Name: string, value: string, member?: [string, number]): Change {
  const weighted = member === undefined ? {} : { SetIdentifier: member[0], Weight: member[1] };
  const ResourceRecords = [{ Value: value }];
  return { Action, ResourceRecordSet: { Name, Type: 'CNAME', TTL: 1, ResourceRecords, ...weighted } };
}

const takeOver = (source: number, target: number) => (lab: Lab) => [
  record('DELETE', lab.host, lab.source.dnsName),
  record('CREATE', lab.host, lab.source.dnsName, ['shift-source', source]),
  record('CREATE', lab.host, lab.target.dnsName, ['shift-target', target]),
];

test('nothing to find while the zone stands still or shares as it says', async () => {
  expect(await findings(takeOver(60, 40))).toEqual([]);
});

test('a pair that gives traffic to neither side is found', async () => {
  expect(await findings(takeOver(0, 0))).toContainEqual(expect.stringContaining('to neither side'));
});

test('a name that is gone for an instant is found, in the zone and at the name servers', async () => {
  const found = await findings(
    (lab) => [record('DELETE', lab.host, lab.source.dnsName)],
    (lab) => [record('CREATE', lab.host, lab.source.dnsName)],
  );
  expect(found).toContainEqual(expect.stringContaining('to neither side'));
  expect(found).toContainEqual(expect.stringMatching(/gave (NXDOMAIN|NOERROR) with 0 names/));
});

test('a member that leads elsewhere is found', async () => {
  const found = await findings((lab) => [record('UPSERT', lab.host, 'parked.example.net')]);
  expect(found).toContainEqual(expect.stringContaining('gave the name parked.example.net'));
});
