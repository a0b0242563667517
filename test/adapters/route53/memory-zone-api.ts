import { classify, failure } from '../../../src/adapters/route53/classify.js';
import type { Change, ChangeBatch } from '../../../src/core/change-batch.js';
import type { ProviderFailure } from '../../../src/core/failure.js';
import { isInZone, recordName, type RecordName } from '../../../src/core/record-name.js';
import { weight, withFinalDot, type RecordSet } from '../../../src/core/record-set.js';
import { err, ok, type Result } from '../../../src/core/result.js';
import type { HostedZone, ZoneApi } from '../../../src/engine/ports.js';
import type { HostedZones } from '../../../src/lab/zone/hosted-zones.js';
import type { SubmittedChange } from '../../../src/lab/zone/record-schema.js';
import type { LabRecord } from '../../../src/lab/zone/record.js';
import { noSuchHostedZone, refusal, type Refusal } from '../../../src/lab/zone/refusal.js';

/**
 * A `ZoneApi` straight over the lab's zones: the same rules and the same failures as over the wire, but no HTTP and no
 * waiting, so that the engine can be tested in virtual time. The zones' own clock says when a change is INSYNC.
 */
export class MemoryZoneApi implements ZoneApi {
  readonly #zones: HostedZones;

  constructor(zones: HostedZones) {
    this.#zones = zones;
  }

  zonesFor(host: RecordName, signal: AbortSignal): Promise<Result<readonly HostedZone[], ProviderFailure>> {
    return answer('ListHostedZonesByName', signal, () =>
      this.#zones
        .zones()
        .map(({ id, name, privateZone, nameServers }) => ({
          id,
          name: nameOf(name),
          private: privateZone,
          nameServers,
        }))
        .filter((zone) => isInZone(host, zone.name))
        .sort((a, b) => b.name.length - a.name.length),
    );
  }

  records(
    zoneId: string,
    names: readonly RecordName[],
    signal: AbortSignal,
  ): Promise<Result<readonly RecordSet[], ProviderFailure>> {
    return answer('ListResourceRecordSets', signal, () => {
      const records = this.#zones.records(zoneId);
      if (records === undefined) return noSuchHostedZone(zoneId);
      return names.flatMap((name) => records.filter((record) => record.name === name).map(recordSetOf));
    });
  }

  change(
    zoneId: string,
    batch: ChangeBatch,
    _timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Result<{ readonly changeId: string }, ProviderFailure>> {
    const operation = 'ChangeResourceRecordSets';
    if (batch.changes.some((change) => change.record.foreignRouting !== null)) {
      return Promise.resolve(err(failure('invalid', operation, 'foreign routing is never written')));
    }
    return answer(operation, signal, () => {
      const outcome = this.#zones.change(zoneId, batch.changes.map(submittedChangeOf), batch.comment);
      return outcome.kind === 'refused' ? outcome : { changeId: outcome.change.id };
    });
  }

  changeStatus(
    changeId: string,
    signal: AbortSignal,
  ): Promise<Result<'PENDING' | 'INSYNC', ProviderFailure>> {
    return answer(
      'GetChange',
      signal,
      () => this.#zones.changeStatus(changeId)?.status ?? refusal('NoSuchChange', 404, changeId),
    );
  }
}

function answer<T>(
  operation: string,
  signal: AbortSignal,
  work: () => T | Refusal,
): Promise<Result<T, ProviderFailure>> {
  if (signal.aborted) return Promise.resolve(err(failure('timeout', operation, 'the caller gave up')));
  const outcome = work();
  if (!isRefusal(outcome)) return Promise.resolve(ok(outcome));
  const { code, message, httpStatus } = outcome;
  return Promise.resolve(
    err(classify({ name: code, message, $metadata: { httpStatusCode: httpStatus } }, operation)),
  );
}

function isRefusal(outcome: unknown): outcome is Refusal {
  return typeof outcome === 'object' && outcome !== null && 'kind' in outcome && outcome.kind === 'refused';
}

function recordSetOf(record: LabRecord): RecordSet {
  return {
    name: nameOf(record.name),
    type: record.type,
    setIdentifier: record.setIdentifier ?? null,
    weight: record.weight === undefined ? null : weight(record.weight),
    ttl: record.ttl ?? null,
    values: record.values ?? [],
    alias:
      record.alias === undefined ? null : { ...record.alias, dnsName: withFinalDot(record.alias.dnsName) },
    healthCheckId: record.healthCheckId ?? null,
    foreignRouting:
      record.otherRouting?.field ??
      (record.trafficPolicyInstanceId === undefined ? null : 'TrafficPolicyInstanceId'),
  };
}

function submittedChangeOf({ action, record }: Change): SubmittedChange {
  return {
    action,
    record: {
      name: record.name,
      type: record.type,
      ...(record.setIdentifier === null ? {} : { setIdentifier: record.setIdentifier }),
      ...(record.weight === null ? {} : { weight: record.weight }),
      ...(record.ttl === null ? {} : { ttl: record.ttl }),
      ...(record.values.length === 0 ? {} : { values: record.values }),
      ...(record.alias === null ? {} : { alias: record.alias }),
      ...(record.healthCheckId === null ? {} : { healthCheckId: record.healthCheckId }),
    },
  };
}

function nameOf(text: string): RecordName {
  const parsed = recordName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
