import { expect } from 'vitest';
import { HostedZones } from '../../../src/lab/zone/hosted-zones.js';
import type { ChangeAccepted, HostedZonesOptions } from '../../../src/lab/zone/hosted-zones.js';
import type { SubmittedChange, SubmittedRecord } from '../../../src/lab/zone/record-schema.js';
import type { Refusal } from '../../../src/lab/zone/refusal.js';

/** A clock that moves only when told. */
export class VirtualClock {
  nowMs: number = Date.parse('2026-03-01T12:00:00.000Z');

  advance(ms: number): void {
    this.nowMs += ms;
  }
}

export interface ZoneFixture {
  readonly zones: HostedZones;
  readonly zoneId: string;
  readonly clock: VirtualClock;
  /** Each takes a name relative to `example.com` and expects to be accepted. */
  readonly create: (record: SubmittedRecord) => ChangeAccepted;
  readonly upsert: (record: SubmittedRecord) => ChangeAccepted;
  readonly remove: (record: SubmittedRecord) => ChangeAccepted;
  readonly batch: (...changes: readonly SubmittedChange[]) => ChangeAccepted | Refusal;
  /** Sends the batch, expects a refusal that changes nothing, and returns it. */
  readonly refused: (...changes: readonly SubmittedChange[]) => Refusal;
}

/** One public zone `example.com` that every name server has. */
export function zoneFixture(options: Partial<HostedZonesOptions> = {}): ZoneFixture {
  const clock = new VirtualClock();
  const { insyncDelayMs = 0, ...rest } = options;
  let isSetUp = false;
  const zones = new HostedZones({
    serverCount: 3,
    // The delays a test scripts are for its own batches, not for the zone's creation.
    insyncDelayMs: (server) => {
      if (!isSetUp) return 0;
      return typeof insyncDelayMs === 'number' ? insyncDelayMs : insyncDelayMs(server);
    },
    now: () => clock.nowMs,
    random: Math.random,
    ...rest,
  });
  const zoneId = 'ZFIXTURE';
  zones.createZone({ name: 'example.com', callerReference: 'fixture', id: zoneId });
  isSetUp = true;
  const one = (action: string, record: SubmittedRecord): ChangeAccepted => {
    const outcome = zones.change(zoneId, [
      { action, record: { ...record, name: `${record.name}.example.com` } },
    ]);
    if (outcome.kind === 'refused') expect.fail(outcome.message);
    return outcome;
  };
  return {
    zones,
    zoneId,
    clock,
    create: (record) => one('CREATE', record),
    upsert: (record) => one('UPSERT', record),
    remove: (record) => one('DELETE', record),
    batch: (...changes) => zones.change(zoneId, changes),
    refused: (...changes) => {
      const before = zones.records(zoneId);
      const outcome = zones.change(zoneId, changes);
      if (outcome.kind !== 'refused') expect.fail('the batch was accepted');
      expect(zones.records(zoneId)).toEqual(before);
      return outcome;
    },
  };
}

/** A member of a weighted CNAME set at `www.example.com`. */
export function weighted(setIdentifier: string, weight: number, ttl = 60): SubmittedRecord {
  return {
    name: 'www.example.com',
    type: 'CNAME',
    setIdentifier,
    weight,
    ttl,
    values: [`${setIdentifier}.test`],
  };
}

/** One change of a record whose name is given in full. */
export function change(action: string, record: SubmittedRecord): SubmittedChange {
  return { action, record };
}

/** What a test compares of a refusal with several messages. */
export function icb(...messages: readonly string[]): Refusal {
  return {
    kind: 'refused',
    code: 'InvalidChangeBatch',
    httpStatus: 400,
    message: `[${messages.join(', ')}]`,
  };
}

export function invalidRequest(message: string): Refusal {
  return { kind: 'refused', code: 'InvalidInput', httpStatus: 400, message };
}
