import { compareNames, compareText } from '../zone/list-order.js';
import type { HostedZoneDetails } from '../zone/hosted-zone.js';
import { normaliseName } from '../zone/name.js';
import { invalidInput, noSuchHostedZone, refusal } from '../zone/refusal.js';
import { answer, changeInfo } from './answer.js';
import { notValid, pageSize } from './operation.js';
import type { Operation } from './operation.js';
import { RefusedRequest, boolean, checkChildren, child, readXml, requiredText, text } from './xml.js';
import type { XmlContent } from './xml.js';

export const createHostedZone: Operation = ({ zones, body }) => {
  const rootName = 'CreateHostedZoneRequest';
  const root = readXml(body, rootName, malformed(rootName));
  checkChildren(rootName, root, ['Name', 'VPC', 'CallerReference', 'HostedZoneConfig', 'DelegationSetId']);
  const comment = text(child(root, 'HostedZoneConfig') ?? '', 'Comment');
  const outcome = zones.createZone({
    name: requiredText(rootName, root, 'Name'),
    callerReference: requiredText(rootName, root, 'CallerReference'),
    privateZone: child(root, 'VPC') !== undefined,
    ...(comment === undefined ? {} : { comment }),
  });
  if (outcome.kind === 'refused') return outcome;
  const { zone, change } = outcome;
  return {
    ...answer('CreateHostedZoneResponse', {
      HostedZone: hostedZone(zone),
      ChangeInfo: changeInfo(change),
      ...reachedThrough(zone),
    }),
    httpStatus: 201,
    location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.id}`,
  };
};

export const getHostedZone: Operation = ({ zones, id }) => {
  const zone = zones.zone(id);
  if (zone === undefined) return noSuchHostedZone(id);
  return answer('GetHostedZoneResponse', { HostedZone: hostedZone(zone), ...reachedThrough(zone) });
};

export const deleteHostedZone: Operation = ({ zones, id }) => {
  const outcome = zones.deleteZone(id);
  if (outcome.kind === 'refused') return outcome;
  return answer('DeleteHostedZoneResponse', { ChangeInfo: changeInfo(outcome.change) });
};

export const listHostedZones: Operation = ({ zones, query }) => {
  const size = pageSize(query.get('maxitems'), 100, 100);
  const marker = query.get('marker') ?? undefined;
  const all = zones.zones();
  const start = marker === undefined ? 0 : all.findIndex(({ id }) => id === marker);
  if (start === -1) return invalidInput(`The specified marker ${marker ?? ''} is not valid.`);
  const next = all[start + size];
  return answer('ListHostedZonesResponse', {
    HostedZones: { HostedZone: all.slice(start, start + size).map(hostedZone) },
    Marker: marker,
    IsTruncated: next !== undefined,
    NextMarker: next?.id,
    MaxItems: size,
  });
};

/** `dnsname` is where the listing starts and filters nothing (API reference, ListHostedZonesByName). */
export const listHostedZonesByName: Operation = ({ zones, query }) => {
  const size = pageSize(query.get('maxitems'), 100, 100);
  const sentName = query.get('dnsname') ?? undefined;
  const startId = query.get('hostedzoneid') ?? undefined;
  if (sentName === undefined && startId !== undefined) return notValid();
  const startName = sentName === undefined ? undefined : startNameOf(sentName);
  const rest = [...zones.zones()]
    .sort((left, right) => compareNames(left.name, right.name) || compareText(left.id, right.id))
    .filter(({ name, id }) => {
      if (startName === undefined) return true;
      const byName = compareNames(name, startName);
      return byName > 0 || (byName === 0 && (startId === undefined || id >= startId));
    });
  const next = rest[size];
  return answer('ListHostedZonesByNameResponse', {
    HostedZones: { HostedZone: rest.slice(0, size).map(hostedZone) },
    DNSName: startName,
    HostedZoneId: startId,
    IsTruncated: next !== undefined,
    NextDNSName: next?.name,
    NextHostedZoneId: next?.id,
    MaxItems: size,
  });
};

/** Accelerated recovery is on or off at once; its states in between can be set on the zones themselves. */
export const updateHostedZoneFeatures: Operation = ({ zones, id, body }) => {
  const rootName = 'UpdateHostedZoneFeaturesRequest';
  const root = readXml(body, rootName, malformed(rootName));
  checkChildren(rootName, root, ['EnableAcceleratedRecovery']);
  const enable = boolean(root, 'EnableAcceleratedRecovery');
  const refused =
    enable === undefined
      ? zones.zone(id) === undefined
        ? noSuchHostedZone(id)
        : undefined
      : zones.setAcceleratedRecovery(id, enable ? 'ENABLED' : 'DISABLED');
  return refused ?? answer('UpdateHostedZoneFeaturesResponse', {});
};

export const listTagsForHostedZone: Operation = ({ zones, id }) => {
  const tags = zones.tags(id);
  if ('kind' in tags) return tags;
  const listed = [...tags].map(([Key, Value]) => ({ Key, Value }));
  return answer('ListTagsForResourceResponse', {
    ResourceTagSet: {
      ResourceType: 'hostedzone',
      ResourceId: id,
      Tags: listed.length === 0 ? '' : { Tag: listed },
    },
  });
};

/** The lab has no key-signing keys; only the status is told. */
export const getDnssec: Operation = ({ zones, id }) => {
  const status = zones.signing(id);
  if (typeof status !== 'string') return status;
  return answer('GetDNSSECResponse', { Status: { ServeSignature: status }, KeySigningKeys: '' });
};

function hostedZone(zone: HostedZoneDetails): XmlContent {
  return {
    Id: `/hostedzone/${zone.id}`,
    Name: zone.name,
    CallerReference: zone.callerReference,
    Config: { Comment: zone.comment, PrivateZone: zone.privateZone },
    ResourceRecordSetCount: zone.recordCount,
    Features:
      zone.acceleratedRecoveryStatus === undefined
        ? undefined
        : { AcceleratedRecoveryStatus: zone.acceleratedRecoveryStatus },
  };
}

/** A public zone has a delegation set, a private one has VPCs; the lab knows a single one. */
function reachedThrough(zone: HostedZoneDetails): Readonly<Record<string, XmlContent>> {
  if (zone.privateZone) return { VPCs: { VPC: { VPCRegion: 'us-east-1', VPCId: 'vpc-lab' } } };
  return { DelegationSet: { NameServers: { NameServer: zone.nameServers } } };
}

function startNameOf(sent: string): string {
  const reading = normaliseName(sent);
  if (reading.kind === 'fault') throw new RefusedRequest(refusal('InvalidDomainName', 400, reading.fault));
  return reading.name;
}

/** Source unconfirmed, after the text for a change batch. */
function malformed(rootName: string): ReturnType<typeof refusal> {
  return refusal('MalformedInput', 400, `The request is not valid, expected ${rootName}`);
}
