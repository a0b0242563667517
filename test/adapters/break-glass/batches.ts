import type { ChangeBatch } from '../../../src/core/change-batch.js';
import { markerName, recordName, type RecordName } from '../../../src/core/record-name.js';
import { plainCname, textRecord, weightedCname, type RecordSet } from '../../../src/core/record-set.js';

const host = name('www.example.com');
const member = { name: host, ttl: 60 };
const source = { ...member, target: 'x.herokudns.com', setIdentifier: 'shift-source' };
const target = {
  ...member,
  target: 'y.eu-west-1.elb.amazonaws.com',
  setIdentifier: 'shift-target',
  healthCheckId: 'hc-1',
};

const alias: RecordSet = {
  ...plainCname(name('api.example.com'), 'replaced by the alias', 1),
  type: 'A',
  ttl: null,
  values: [],
  alias: {
    hostedZoneId: 'Z32O12XQLNTSW2',
    dnsName: 'y.eu-west-1.elb.amazonaws.com.',
    evaluateTargetHealth: false,
  },
};

/** A value with everything that a shell, JSON or XML could get wrong. */
const ended = textRecord(markerName(host), '"state=ended; by=\\"ops & co\\" <x> \\195\\164"', 60);
const live = textRecord(markerName(host), '"state=live"', 60);

/** What stands in the zone at a share of 40. */
export const atForty: readonly RecordSet[] = [
  weightedCname({ ...source, weight: 60 }),
  weightedCname({ ...target, weight: 40 }),
  alias,
  live,
];

export const drain: ChangeBatch = {
  comment: 'shift drain',
  changes: [
    { action: 'UPSERT', record: weightedCname({ ...source, weight: 100 }) },
    { action: 'UPSERT', record: weightedCname({ ...target, weight: 0 }) },
  ],
};

export const collapse: ChangeBatch = {
  comment: 'shift collapse',
  changes: [
    { action: 'DELETE', record: weightedCname({ ...source, weight: 100 }) },
    { action: 'DELETE', record: weightedCname({ ...target, weight: 0 }) },
    { action: 'DELETE', record: alias },
    { action: 'DELETE', record: live },
    { action: 'CREATE', record: plainCname(host, source.target, 60) },
    { action: 'CREATE', record: ended },
  ],
};

function name(text: string): RecordName {
  const parsed = recordName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
