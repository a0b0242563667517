import type { HostedZone, ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { ProviderFailure } from '../../core/failure.js';
import { displayName, recordName } from '../../core/record-name.js';
import type { Result } from '../../core/result.js';
import type { FoundName, FoundZone, ZoneDirectory } from '../../engine/inspection-ports.js';
import { bareId, UnexpectedAnswer } from './answer.js';
import { call } from './call.js';
import { createClients } from './clients.js';
import { foreignText } from './foreign-text.js';

const timeoutMs = 10_000;
const pageSize = 100;
/** A person chooses from a list; what is longer than this is typed. */
const maxPages = 5;

/** Lists what an account has, for a person to choose from. Unlike what a migration reads, a list may be cut short. */
export async function createZoneDirectory(options: { readonly endpoint?: string }): Promise<ZoneDirectory> {
  const sdk = await import('./sdk.js');
  const { reader, hear, turn } = await createClients(sdk, options.endpoint);
  const limits = (operation: string, signal: AbortSignal) =>
    ({
      operation,
      timeoutMs,
      requestTimeoutMs: timeoutMs / 2,
      signal,
      hear,
      turn: (ending: AbortSignal) => turn('background', ending),
    }) as const;

  return {
    zones: (signal: AbortSignal): Promise<Result<readonly FoundZone[], ProviderFailure>> =>
      call(limits('ListHostedZones', signal), async (send) => {
        const found: FoundZone[] = [];
        let marker: string | undefined;
        for (let page = 0; page < maxPages; page += 1) {
          const answer = await reader.send(
            new sdk.ListHostedZonesCommand({ Marker: marker, MaxItems: pageSize }),
            send,
          );
          if (answer.HostedZones === undefined)
            throw new UnexpectedAnswer('Route 53 answered without a listing of hosted zones');
          found.push(...answer.HostedZones.flatMap(publicZone));
          if (answer.IsTruncated !== true || answer.NextMarker === undefined) break;
          marker = answer.NextMarker;
        }
        return found;
      }),

    names: (zoneId: string, signal: AbortSignal): Promise<Result<readonly FoundName[], ProviderFailure>> =>
      call(limits('ListResourceRecordSets', signal), async (send) => {
        const found = new Map<string, FoundName>();
        let cursor = {};
        for (let page = 0; page < maxPages; page += 1) {
          const request = { HostedZoneId: zoneId, MaxItems: pageSize, ...cursor };
          const answer = await reader.send(new sdk.ListResourceRecordSetsCommand(request), send);
          if (answer.ResourceRecordSets === undefined)
            throw new UnexpectedAnswer('Route 53 answered without a listing of record sets');
          for (const record of answer.ResourceRecordSets) {
            const name = foundName(record);
            if (name !== null && !found.has(name.host)) found.set(name.host, name);
          }
          if (answer.IsTruncated !== true) break;
          cursor = {
            StartRecordName: answer.NextRecordName,
            StartRecordType: answer.NextRecordType,
            StartRecordIdentifier: answer.NextRecordIdentifier,
          };
        }
        return [...found.values()];
      }),
  };
}

function publicZone({ Id, Name, Config }: HostedZone): FoundZone[] {
  const name = recordName(Name ?? '');
  if (!name.ok || Config?.PrivateZone === true) return [];
  return [{ id: bareId(Id), name: displayName(name.value) }];
}

/** Names that users visit: neither a wildcard nor one that begins with an underscore. */
function foundName({ Name, Type, AliasTarget, ResourceRecords }: ResourceRecordSet): FoundName | null {
  const name = recordName(Name ?? '');
  if (!name.ok || !/^(?:A|AAAA|CNAME)$/.test(Type ?? '') || /^(?:_|\*|\\)/.test(name.value)) return null;
  const value = AliasTarget?.DNSName ?? ResourceRecords?.[0]?.Value ?? '';
  return { host: displayName(name.value), type: Type ?? '', value: foreignText(value).replace(/\.$/, '') };
}
