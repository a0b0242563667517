import { refusal } from '../zone/refusal.js';
import type { Refusal } from '../zone/refusal.js';
import type { Operation } from './operation.js';
import { healthCheckRoutes } from './health-check-routes.js';
import { createProtections, deleteProtections, listProtections } from './protection-operations.js';
import { changeRecordSets, getChange, listRecordSets } from './record-operations.js';
import { testDnsAnswer } from './test-dns-answer.js';
import {
  createHostedZone,
  deleteHostedZone,
  getDnssec,
  getHostedZone,
  listHostedZones,
  listHostedZonesByName,
  listTagsForHostedZone,
  updateHostedZoneFeatures,
} from './zone-operations.js';

interface Route {
  readonly method: string;
  /** Below `/2013-04-01/`; `*` stands for an id. */
  readonly path: string;
  readonly action: string;
  readonly operation: Operation;
}

export interface MatchedRoute {
  readonly action: string;
  readonly operation: Operation;
  /** Empty where the path has no id. */
  readonly id: string;
}

const routes: readonly Route[] = [
  ...healthCheckRoutes,
  {
    method: 'POST',
    path: 'hostedzone/*/rrset',
    action: 'ChangeResourceRecordSets',
    operation: changeRecordSets,
  },
  { method: 'GET', path: 'hostedzone/*/rrset', action: 'ListResourceRecordSets', operation: listRecordSets },
  { method: 'GET', path: 'change/*', action: 'GetChange', operation: getChange },
  { method: 'POST', path: 'hostedzone', action: 'CreateHostedZone', operation: createHostedZone },
  { method: 'GET', path: 'hostedzone', action: 'ListHostedZones', operation: listHostedZones },
  { method: 'GET', path: 'hostedzone/*', action: 'GetHostedZone', operation: getHostedZone },
  { method: 'GET', path: 'hostedzone/*/dnssec', action: 'GetDNSSEC', operation: getDnssec },
  { method: 'DELETE', path: 'hostedzone/*', action: 'DeleteHostedZone', operation: deleteHostedZone },
  {
    method: 'GET',
    path: 'hostedzonesbyname',
    action: 'ListHostedZonesByName',
    operation: listHostedZonesByName,
  },
  {
    method: 'POST',
    path: 'hostedzone/*/features',
    action: 'UpdateHostedZoneFeatures',
    operation: updateHostedZoneFeatures,
  },
  {
    method: 'POST',
    path: 'hostedzone/*/rrsetprotection',
    action: 'CreateResourceRecordSetProtections',
    operation: createProtections,
  },
  {
    method: 'POST',
    path: 'hostedzone/*/rrsetprotection/delete',
    action: 'DeleteResourceRecordSetProtections',
    operation: deleteProtections,
  },
  {
    method: 'GET',
    path: 'hostedzone/*/rrsetprotection',
    action: 'ListResourceRecordSetProtections',
    operation: listProtections,
  },
  { method: 'GET', path: 'testdnsanswer', action: 'TestDNSAnswer', operation: testDnsAnswer },
  {
    method: 'GET',
    path: 'tags/hostedzone/*',
    action: 'ListTagsForResource',
    operation: listTagsForHostedZone,
  },
];

/** Finds the action of a request. The JS SDK sends paths without, botocore some with a slash at the end. */
export function matchRoute(method: string, pathname: string): MatchedRoute | undefined {
  const [, version, ...segments] = pathname.replace(/\/$/, '').split('/');
  if (version !== '2013-04-01') return undefined;
  for (const route of routes) {
    const expected = route.path.split('/');
    const fits =
      route.method === method &&
      expected.length === segments.length &&
      expected.every((part, index) => part === segments[index] || (part === '*' && segments[index] !== ''));
    if (fits)
      return {
        action: route.action,
        operation: route.operation,
        id: idOf(segments[expected.indexOf('*')] ?? ''),
      };
  }
  return undefined;
}

export function unknownRoute(method: string, pathname: string): Refusal {
  const known = routes.map(({ action }) => action).join(', ');
  return refusal(
    'UnknownOperationException',
    404,
    `The lab's Route 53 has no operation for ${method} ${pathname}. It knows ${known}.`,
  );
}

/** Clients strip `/hostedzone/` and `/change/`; one that does not sends them percent-encoded. */
function idOf(segment: string): string {
  try {
    return decodeURIComponent(segment).replace(/^\/?(hostedzone|change)\//, '');
  } catch {
    return segment;
  }
}
