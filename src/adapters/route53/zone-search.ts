import type {
  GetHostedZoneResponse,
  HostedZone as SdkHostedZone,
  ListHostedZonesByNameRequest,
  ListHostedZonesByNameResponse,
} from '@aws-sdk/client-route-53';
import type { RecordName } from '../../core/record-name.js';
import type { HostedZone } from '../../engine/ports.js';
import { bareId, isNamed, UnexpectedAnswer } from './answer.js';

/** An account may have several zones of one name (one public, several private), never pages of them in practice. */
const maxPages = 10;
const pageSize = 100;

export interface ZoneCalls {
  listByName(request: ListHostedZonesByNameRequest): Promise<ListHostedZonesByNameResponse>;
  get(zoneId: string): Promise<GetHostedZoneResponse>;
}

/**
 * The hosted zones whose name contains the host, longest name first.
 *
 * ListHostedZonesByName takes a name to start from, so each suffix of the host is asked for by itself and the answer is
 * read until the first other name: the number of calls follows the labels of the host, not the zones of the account,
 * which can be thousands.
 * @throws UnexpectedAnswer when a listing cannot be known to be whole; whatever the calls throw.
 */
export async function findZones(host: RecordName, calls: ZoneCalls): Promise<HostedZone[]> {
  const zones: HostedZone[] = [];
  for (const suffix of suffixesOf(host)) {
    for (const zone of await zonesNamed(suffix, calls)) zones.push(await described(zone, suffix, calls));
  }
  return zones;
}

function suffixesOf(host: RecordName): RecordName[] {
  const labels = host.slice(0, -1).split('.');
  return labels.map((_, start) => `${labels.slice(start).join('.')}.` as RecordName);
}

async function zonesNamed(name: RecordName, calls: ZoneCalls): Promise<SdkHostedZone[]> {
  const found: SdkHostedZone[] = [];
  const seen = new Set<string | undefined>();
  let nextId: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    seen.add(nextId);
    const answer = await calls.listByName({ DNSName: name, HostedZoneId: nextId, MaxItems: pageSize });
    if (answer.HostedZones === undefined || answer.IsTruncated === undefined) {
      throw new UnexpectedAnswer('Route 53 answered without a listing of hosted zones');
    }
    for (const zone of answer.HostedZones) {
      if (!isNamed(zone.Name, name)) return found;
      found.push(zone);
    }
    if (!answer.IsTruncated || !isNamed(answer.NextDNSName, name)) return found;
    nextId = answer.NextHostedZoneId;
    if (seen.has(nextId)) throw new UnexpectedAnswer('the listing of hosted zones goes in a circle');
  }
  throw new UnexpectedAnswer(`the listing of hosted zones has more than ${maxPages} pages of one name`);
}

async function described(zone: SdkHostedZone, name: RecordName, calls: ZoneCalls): Promise<HostedZone> {
  const id = bareId(zone.Id);
  const details = await calls.get(id);
  return hostedZoneOf(id, name, details);
}

/** @throws UnexpectedAnswer when the answer left the zone out. */
export function hostedZoneOf(id: string, name: RecordName, details: GetHostedZoneResponse): HostedZone {
  const found = details.HostedZone;
  if (found === undefined) throw new UnexpectedAnswer(`Route 53 answered without the hosted zone ${id}`);
  return {
    id,
    name,
    private: found.Config?.PrivateZone ?? false,
    nameServers: details.DelegationSet?.NameServers ?? [],
  };
}
