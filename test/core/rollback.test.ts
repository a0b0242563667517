import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/core/change-batch.js';
import { markerRecord } from '../../src/core/marker.js';
import type { HostImage } from '../../src/core/record-image.js';
import { describeRecord, plainCname, weightedCname, type RecordSet } from '../../src/core/record-set.js';
import {
  drainBatch,
  rollbackHost,
  type HostRollback,
  type RollbackProgress,
} from '../../src/core/rollback.js';
import { weightedPair } from '../../src/core/share.js';
import { instant } from '../../src/core/time.js';
import { albTarget, herokuTarget, planOf, www } from './story.js';

const plan = planOf();
const [host] = plan.hosts;
const seed = { generation: 9, intentId: 'rollback', head: 'h', due: instant(5) };
const pair = (share: number, ttl = 60): readonly [RecordSet, RecordSet] => weightedPair(host!, share, ttl);
const stranger = weightedCname({
  name: www,
  target: 'x.example.net.',
  ttl: 60,
  setIdentifier: 'x',
  weight: 7,
});
const address: RecordSet = { ...plainCname(www, 'x.', 60), type: 'A', values: ['192.0.2.1'] };
const alias: RecordSet = {
  ...address,
  ttl: null,
  values: [],
  alias: { hostedZoneId: 'Z2', dnsName: albTarget, evaluateTargetHealth: false },
};

function marker(state: 'live' | 'ended', migrationId = plan.id): RecordSet {
  const due = instant(1);
  return markerRecord(
    www,
    { migrationId, state, generation: 3, intentId: 'i3', head: 'h', due, hosts: [www] },
    60,
  );
}

function rollBack(
  records: readonly RecordSet[],
  progress: Partial<RollbackProgress> = {},
  found: readonly RecordSet[] = [marker('live')],
): HostRollback {
  const image: HostImage = { host: www, records, marker: found };
  return rollbackHost(plan, host!, image, { lostRaces: 0, hasWritten: true, ...progress }, seed);
}

/** The changes of the records, without those of the marker. */
function changes(step: HostRollback): string[] {
  if (step.kind !== 'write') throw new Error(step.kind);
  const lines = step.batch.changes.filter((change) => change.record.name === www);
  return lines.map(({ action, record }: Change) => `${action} ${describeRecord(record)}`);
}

const toSource = `CREATE CNAME -> ${herokuTarget} (ttl 60s)`;
const forced = (ttl = 60): string[] => [
  `UPSERT CNAME shift-source weight 100 -> ${herokuTarget} (ttl ${String(ttl)}s)`,
  `UPSERT CNAME shift-target weight 0 -> ${albTarget} (ttl ${String(ttl)}s)`,
];

describe('what a rollback writes about one host', () => {
  test('our pair: a compare-and-swap with the weights that stand there', () => {
    expect(changes(rollBack(pair(25)))).toEqual([
      `DELETE CNAME shift-source weight 75 -> ${herokuTarget} (ttl 60s)`,
      `DELETE CNAME shift-target weight 25 -> ${albTarget} (ttl 60s)`,
      toSource,
    ]);
    expect(changes(rollBack(pair(80, 300)))[1]).toContain('weight 80');
  });

  test('our pair after two lost races: 100/0 whatever the weights are, with the TTL that stands there', () => {
    expect(changes(rollBack(pair(25), { lostRaces: 1 }))).toHaveLength(3);
    expect(changes(rollBack(pair(25), { lostRaces: 2 }))).toEqual(forced());
    expect(changes(rollBack(pair(25, 300), { lostRaces: 2 }))).toEqual(forced(300));
  });

  test.each([0, 1])('only one member of our pair: both, 100/0', (index) => {
    expect(changes(rollBack([pair(25)[index]!]))).toEqual(forced());
  });

  test('a foreign member beside ours: ours at 100/0, the foreign one untouched and said', () => {
    const step = rollBack([...pair(25), stranger]);
    expect(changes(step)).toEqual(forced());
    expect(step).toMatchObject({
      alarm: expect.stringContaining('a foreign member still gets traffic: CNAME x') as unknown,
    });
    expect(step).toMatchObject({ after: { records: expect.arrayContaining([stranger]) as unknown } });
  });

  test('a plain record to our target: a compare-and-swap to the source', () => {
    expect(changes(rollBack([plainCname(www, albTarget, 300)]))).toEqual([
      `DELETE CNAME -> ${albTarget} (ttl 300s)`,
      toSource,
    ]);
  });

  test('alias A and AAAA to our target: a compare-and-swap to the source', () => {
    const dualstack = { ...alias.alias!, dnsName: `dualstack.${albTarget}` };
    const both = ['A', 'AAAA'].map((type) => ({ ...alias, type, alias: dualstack }));
    expect(changes(rollBack(both))).toEqual([
      `DELETE A -> alias dualstack.${albTarget}`,
      `DELETE AAAA -> alias dualstack.${albTarget}`,
      toSource,
    ]);
  });

  test('nothing: the source', () => {
    expect(changes(rollBack([]))).toEqual([toSource]);
  });

  test('a plain record to the source: only the marker, and nothing once it has ended', () => {
    const plain = [plainCname(www, herokuTarget, 300)];
    expect(changes(rollBack(plain))).toEqual([]);
    expect(rollBack(plain, {}, [marker('ended', 'other')]).kind).toBe('write');
    expect(rollBack(plain, {}, [marker('ended')]).kind).toBe('done');
  });

  test('what stood there before the take-over: nothing while nothing was sent, else the marker as a fence', () => {
    const [before] = plan.originals;
    expect(rollBack(before!.records, { hasWritten: false }, []).kind).toBe('done');
    const step = rollBack(before!.records, { hasWritten: true }, []);
    expect(changes(step)).toEqual([]);
    expect(step).toMatchObject({ batch: { changes: [{ action: 'CREATE', record: { type: 'TXT' } }] } });
  });

  test('the original alias: not untouched, but fenced by the marker', () => {
    const aliased = planOf({ originals: [{ host: www, records: [alias], marker: [] }] });
    const image: HostImage = { host: www, records: [alias], marker: [] };
    const step = rollbackHost(aliased, host!, image, { lostRaces: 0, hasWritten: true }, seed);
    expect(changes(step)).toEqual([]);
    expect(rollbackHost(aliased, host!, image, { lostRaces: 0, hasWritten: false }, seed).kind).toBe('done');
  });

  test.each<[string, RecordSet[]]>([
    ['an address', [address]],
    ['an alias to somewhere else', [{ ...alias, alias: { ...alias.alias!, dnsName: 'x.example.net.' } }]],
    ['a plain CNAME to somewhere else', [plainCname(www, 'x.example.net.', 60)]],
    ['only foreign members', [stranger]],
    ['two records of different types', [address, { ...address, type: 'AAAA' }]],
  ])('%s: untouched, and said', (_name, records) => {
    const step = rollBack(records);
    expect(step).toMatchObject({
      kind: 'untouched',
      alarm: expect.stringContaining('www.example.com: left untouched') as unknown,
    });
  });

  test('every write swaps the marker for an ended one, deletes first', () => {
    for (const records of [pair(25), [pair(25)[0]], [], [...pair(25), stranger]]) {
      const step = rollBack(records);
      if (step.kind !== 'write') throw new Error(step.kind);
      const { changes: all } = step.batch;
      const lastDelete = all.findLastIndex(({ action }) => action === 'DELETE');
      expect(lastDelete).toBeLessThan(all.findIndex(({ action }) => action !== 'DELETE'));
      const markers = all.filter(({ record }) => record.type === 'TXT');
      expect(markers.map(({ action }) => action)).toEqual(['DELETE', 'CREATE']);
      expect(markers[1]?.record.values[0]).toContain('state=ended gen=9 intent=rollback');
      expect(step.after.marker).toEqual([markers[1]?.record]);
    }
  });

  test('drain.json gives the source everything and needs to know no weights', () => {
    const { changes: all } = drainBatch(plan);
    expect(all.map(({ action, record }) => `${action} ${describeRecord(record)}`)).toEqual(forced());
  });
});
