import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Status } from '../../src/core/status.js';
import type { Side } from '../../src/lab/side.js';
import { listRecords, printed } from './binaries/aws-cli.js';
import { dig, type AnswerLine } from './binaries/dig.js';
import { missing } from './binaries/installed.js';
import { Unbound } from './binaries/unbound.js';
import { instantPolicy, patientPolicy } from './policies.js';
import { WiredLab } from './wired-lab.js';

const absent = missing('aws', 'dig', 'unbound');
if (absent !== undefined) console.warn(`real-binaries.test.ts is skipped: ${absent}`);

const insyncDelayMs = 200;

const questions = 1_000;

describe.skipIf(absent !== undefined).concurrent('aws, dig and unbound see what shiftctl says', () => {
  test('at each stage of a whole migration and after it was finalized', async () => {
    const [ttlSeconds, finalTtlSeconds] = [2, 5];
    await using world = await WiredLab.open({ insyncDelayMs, ttlSeconds: finalTtlSeconds });
    await using unbound = await Unbound.start(world.lab);
    await world.begin(await policyWith(world, instantPolicy, ttlSeconds));
    const compared: number[] = [];
    const status = await tickUntil(world, async (now) => {
      if (now.phase === 'observing' && !compared.includes(now.share)) {
        await expectListed(world, now);
        await Promise.all([
          expectServed(world, now.share, ttlSeconds),
          expectCached(world, unbound, ttlSeconds),
        ]);
        compared.push(now.share);
      }
      return now.phase === 'completed';
    });
    expect(compared).toEqual([0, 10, 25, 50, 100]);
    await expectListed(world, status);
    await expectOnly(world, unbound, world.lab.target, { replaced: ttlSeconds, standing: finalTtlSeconds });
  });

  test('after a rollback: no answer of a cache leads to the target once TTL + 1 s have passed', async () => {
    // Long enough for a rollback to be accepted while the cache has the target, however slow this machine is.
    const ttlSeconds = 10;
    await using world = await WiredLab.open({ insyncDelayMs });
    await using unbound = await Unbound.start(world.lab);
    const half = patientPolicy.replace('[10, 25, 50, 100]', '[50, 100]');
    await world.begin(await policyWith(world, half, ttlSeconds));
    await tickUntil(world, ({ phase, share }) => phase === 'observing' && share === 50);
    await cachesTarget(world, unbound, ttlSeconds);
    await world.succeed(['rollback', world.lab.host, '--no-wait', '--reason', 'a test']);
    expect(await heldBy(world, unbound), 'what the cache still has').toBe('target');
    await expectOnly(world, unbound, world.lab.source, { replaced: ttlSeconds, standing: ttlSeconds });
    const status = await tickUntil(world, ({ phase }) => phase === 'rolled-back');
    await expectListed(world, status);
    await expectServed(world, 0, ttlSeconds);
  });
});

function policyWith(world: WiredLab, policy: string, ttlSeconds: number): Promise<string> {
  return world.file('policy.yaml', policy.replace('ttl: 1s', `ttl: ${ttlSeconds}s`));
}

/** Ticks until the status is as wanted, and looks at each on the way; between two ticks nothing is written. */
async function tickUntil(
  world: WiredLab,
  isThere: (status: Status) => boolean | Promise<boolean>,
): Promise<Status> {
  const { host } = world.lab;
  for (let ticks = 0; ticks < 150; ticks += 1) {
    const { stdout } = await world.succeed(['status', host, '-o', 'json']);
    const status = JSON.parse(stdout) as Status;
    if (await isThere(status)) return status;
    await world.succeed(['tick', host]);
  }
  throw new Error(`not there after 150 ticks\n${await world.history()}`);
}

/** `aws route53 list-resource-record-sets` equals the status, value by value. */
async function expectListed({ lab }: WiredLab, status: Status): Promise<void> {
  const records = status.hosts[0]?.records ?? [];
  expect(records.length).toBeGreaterThan(0);
  expect(await listRecords(lab)).toEqual(records.map(printed));
}

/** A thousand direct answers of each name server are within four standard errors of the set share, with the set TTL. */
async function expectServed({ lab }: WiredLab, sharePercent: number, ttlSeconds: number): Promise<void> {
  const { addresses, dnsPort: port } = lab.settings;
  const share = sharePercent / 100;
  await Promise.all(
    addresses.nameServers.map(async (address) => {
      const answers = await dig({ address, port }, lab.host, questions);
      expect(answers).toHaveLength(questions);
      for (const answer of answers) {
        expect(answer).toHaveLength(1);
        expect(answer[0]).toMatchObject({ name: `${lab.host}.`, ttlSeconds, type: 'CNAME' });
        sideOf(lab, answer);
      }
      const target = answers.filter((answer) => sideOf(lab, answer) === 'target').length;
      const allowed = 4 * Math.sqrt(questions * share * (1 - share));
      const what = `${address} gave the target ${target} times of ${questions} at ${sharePercent} %`;
      expect(Math.abs(target - questions * share), what).toBeLessThanOrEqual(allowed);
    }),
  );
}

/** Over more than one life of a cached answer, every answer through unbound is whole and one of the pair. */
async function expectCached({ lab }: WiredLab, unbound: Unbound, ttlSeconds: number): Promise<void> {
  for (let batch = 0; batch < 8; batch += 1) {
    for (const answer of await unbound.ask(lab.host, 20)) {
      sideOf(lab, answer);
      expect(answer[0]?.ttlSeconds).toBeLessThanOrEqual(ttlSeconds);
    }
    await sleep(400);
  }
}

/** From TTL + 1 s after every name server had the last change, every answer through unbound is this side's one CNAME. */
async function expectOnly(
  { lab }: WiredLab,
  unbound: Unbound,
  side: Side,
  ttlSeconds: { readonly replaced: number; readonly standing: number },
): Promise<void> {
  const committedAtMs = lab.route53.requests.findLast(({ committed }) => committed !== undefined)?.atMs ?? 0;
  await sleep(committedAtMs + insyncDelayMs + (ttlSeconds.replaced + 1) * 1_000 - lab.now());
  for (let batch = 0; batch < 8; batch += 1) {
    for (const answer of await unbound.ask(lab.host, 20)) {
      expect(sideOf(lab, answer)).toBe(side === lab.target ? 'target' : 'source');
      expect(answer[0]?.ttlSeconds).toBeLessThanOrEqual(ttlSeconds.standing);
    }
    await sleep(400);
  }
}

/** Waits until unbound holds an answer with the target that has nearly all of its life before it. */
async function cachesTarget(world: WiredLab, unbound: Unbound, ttlSeconds: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const [answer = []] = await unbound.ask(world.lab.host, 1);
    if (sideOf(world.lab, answer) === 'target' && (answer[0]?.ttlSeconds ?? 0) >= ttlSeconds - 1) return;
    await sleep(100);
  }
  throw new Error('unbound never got the target at 50 %');
}

async function heldBy({ lab }: WiredLab, unbound: Unbound): Promise<string> {
  const [answer = []] = await unbound.ask(lab.host, 1);
  return sideOf(lab, answer);
}

/** The side that an answer leads to; throws when its CNAME is of neither side, or its addresses are not of the same one. */
function sideOf(lab: WiredLab['lab'], answer: readonly AnswerLine[]): 'source' | 'target' {
  const [first, ...addresses] = answer;
  for (const side of ['source', 'target'] as const) {
    const { dnsName, origin } = lab[side];
    if (first?.type !== 'CNAME' || first.data !== `${dnsName}.`) continue;
    if (addresses.every(({ data }) => origin.addresses.includes(data))) return side;
  }
  throw new Error(`an answer of neither side: ${JSON.stringify(answer)}`);
}
