import { setTimeout as sleep } from 'node:timers/promises';
import { Resolver } from 'node:dns/promises';
import { describe, expect, test } from 'vitest';
import type { Lab } from '../../src/lab/lab.js';
import { patientPolicy } from './policies.js';
import { WiredLab } from './wired-lab.js';
import { standing } from './writes.js';

const failoverPolicy = `${patientPolicy.replace('10, 25, 50, 100', '50, 100')}failover: { interval: 10s, threshold: 1, healthyFor: 1s }\n`;

/** What the name servers hand out in fifteen answers each: the sides, in order. */
async function handedOut(lab: Lab): Promise<readonly string[]> {
  const sides = new Set<string>();
  for (const address of lab.settings.addresses.nameServers) {
    const resolver = new Resolver({ timeout: 2_000, tries: 3 });
    resolver.setServers([`${address}:${lab.settings.dnsPort}`]);
    for (let asked = 0; asked < 15; asked += 1) {
      const [name] = await resolver.resolveCname(lab.host);
      sides.add(name === lab.source.dnsName ? 'source' : name === lab.target.dnsName ? 'target' : 'other');
    }
  }
  return [...sides].sort();
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  while (!(await isTrue())) {
    if (performance.now() > giveUpAt) throw new Error(`time passed before ${what}`);
    await sleep(200);
  }
}

describe('fault 19: the control plane is down', () => {
  test('with the controller killed and the API stopped, the data plane alone takes everything off a dead target and gives it back', async () => {
    await using world = await WiredLab.open();
    const { lab } = world;
    const product = await world.watch(await world.file('failover.yaml', failoverPolicy));
    await product.told('settled', 2);
    expect(standing(lab)).toEqual(['CNAME 1 weight 50 source', 'CNAME 1 weight 50 target']);
    expect(await handedOut(lab)).toEqual(['source', 'target']);

    await product.end('SIGKILL');
    lab.route53.faults.add({ kind: 'stopped' });
    const requests = lab.route53.requests.length;
    await lab.target.origin.change({ dead: true });
    await until('only the source is handed out', async () => (await handedOut(lab)).join() === 'source');

    await lab.source.origin.change({ dead: true });
    await sleep(2_000);
    expect(await handedOut(lab)).toEqual(['source']);

    await lab.target.origin.change({ dead: false });
    await until('the target is handed out again', async () => (await handedOut(lab)).includes('target'));
    expect(lab.route53.requests).toHaveLength(requests);
  });
});
