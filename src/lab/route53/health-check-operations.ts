import type { HealthCheckSettings, LabHealthCheck } from '../health-checks/health-check.js';
import { noSuchHealthCheck } from '../health-checks/health-checks.js';
import { invalidInput, refusal } from '../zone/refusal.js';
import { answer } from './answer.js';
import { pageSize, type Operation } from './operation.js';
import {
  boolean,
  checkChildren,
  child,
  children,
  integer,
  readXml,
  RefusedRequest,
  requiredChild,
  requiredText,
  text,
  type XmlContent,
  type XmlNode,
} from './xml.js';

export const createHealthCheck: Operation = ({ healthChecks, body }) => {
  const root = readRoot('CreateHealthCheckRequest', body);
  checkChildren('CreateHealthCheckRequest', root, ['CallerReference', 'HealthCheckConfig']);
  const reference = requiredText('CreateHealthCheckRequest', root, 'CallerReference');
  if (reference.length > 64) return invalidInput('A CallerReference has at most 64 characters.');
  const config = requiredChild('CreateHealthCheckRequest', root, 'HealthCheckConfig');
  const outcome = healthChecks.create(reference, settingsOf(config));
  if (outcome.kind === 'refused') return outcome;
  return {
    ...answer('CreateHealthCheckResponse', { HealthCheck: healthCheck(outcome.check) }),
    httpStatus: 201,
    location: `https://route53.amazonaws.com/2013-04-01/healthcheck/${outcome.check.id}`,
  };
};

export const getHealthCheck: Operation = ({ healthChecks, id }) => {
  const check = healthChecks.get(id);
  if (check === undefined) return noSuchHealthCheck(id);
  return answer('GetHealthCheckResponse', { HealthCheck: healthCheck(check) });
};

export const listHealthChecks: Operation = ({ healthChecks, query }) => {
  const size = pageSize(query.get('maxitems'), 100, 100);
  const marker = query.get('marker') ?? undefined;
  const all = healthChecks.list();
  const start = marker === undefined ? 0 : all.findIndex(({ id }) => id === marker);
  if (start === -1) return invalidInput(`The specified marker ${marker ?? ''} is not valid.`);
  const next = all[start + size];
  return answer('ListHealthChecksResponse', {
    HealthChecks: { HealthCheck: all.slice(start, start + size).map(healthCheck) },
    Marker: marker ?? '',
    IsTruncated: next !== undefined,
    NextMarker: next?.id,
    MaxItems: size,
  });
};

/** The interval and the type are fixed at creation (API reference, UpdateHealthCheck). */
export const updateHealthCheck: Operation = ({ healthChecks, id, body }) => {
  const root = readRoot('UpdateHealthCheckRequest', body);
  const path = text(root, 'ResourcePath');
  const searchString = text(root, 'SearchString');
  const domainName = text(root, 'FullyQualifiedDomainName');
  const [disabled, inverted] = [boolean(root, 'Disabled'), boolean(root, 'Inverted')];
  const [port, threshold] = [integer(root, 'Port'), integer(root, 'FailureThreshold')];
  const version = integer(root, 'HealthCheckVersion');
  const check = healthChecks.get(id);
  if (check !== undefined && version !== undefined && version !== check.version)
    return refusal('HealthCheckVersionMismatch', 409, `The health check is at version ${check.version}.`);
  const updated = healthChecks.update(id, {
    ...(path === undefined ? {} : { path }),
    ...(searchString === undefined ? {} : { searchString }),
    ...(domainName === undefined ? {} : { domainName }),
    ...(disabled === undefined ? {} : { disabled }),
    ...(inverted === undefined ? {} : { inverted }),
    ...(port === undefined ? {} : { port }),
    ...(threshold === undefined ? {} : { threshold }),
  });
  if ('kind' in updated) return updated;
  return answer('UpdateHealthCheckResponse', { HealthCheck: healthCheck(updated) });
};

export const deleteHealthCheck: Operation = ({ healthChecks, id }) =>
  healthChecks.delete(id) ?? answer('DeleteHealthCheckResponse', {});

export const getHealthCheckStatus: Operation = ({ healthChecks, id }) => {
  if (healthChecks.get(id) === undefined) return noSuchHealthCheck(id);
  const observations = healthChecks.reports(id).map(({ region, ipAddress, status, checkedAtMs }) => ({
    Region: region,
    IPAddress: ipAddress,
    StatusReport: { Status: status, CheckedTime: new Date(checkedAtMs).toISOString() },
  }));
  return answer('GetHealthCheckStatusResponse', {
    HealthCheckObservations: { HealthCheckObservation: observations },
  });
};

export const changeTagsForHealthCheck: Operation = ({ healthChecks, id, body }) => {
  const root = readRoot('ChangeTagsForResourceRequest', body);
  const added = children(child(root, 'AddTags') ?? '', 'Tag').map(
    (tag) => [requiredText('Tag', tag, 'Key'), text(tag, 'Value') ?? ''] as const,
  );
  const removed = children(child(root, 'RemoveTagKeys') ?? '', 'Key').filter(
    (key) => typeof key === 'string',
  );
  return healthChecks.tag(id, new Map(added), removed) ?? answer('ChangeTagsForResourceResponse', {});
};

export const listTagsForHealthCheck: Operation = ({ healthChecks, id }) => {
  const check = healthChecks.get(id);
  if (check === undefined) return noSuchHealthCheck(id);
  const tags = [...check.tags].map(([Key, Value]) => ({ Key, Value }));
  return answer('ListTagsForResourceResponse', {
    ResourceTagSet: { ResourceType: 'healthcheck', ResourceId: id, Tags: { Tag: tags } },
  });
};

const known = [
  ...['IPAddress', 'Port', 'Type', 'ResourcePath', 'FullyQualifiedDomainName', 'SearchString'],
  ...[
    'RequestInterval',
    'FailureThreshold',
    'MeasureLatency',
    'Inverted',
    'Disabled',
    'EnableSNI',
    'Regions',
  ],
];
const types = ['HTTP', 'HTTPS', 'HTTP_STR_MATCH', 'HTTPS_STR_MATCH', 'TCP'] as const;

/** Reads a `HealthCheckConfig`; the defaults are those of the API reference. Calculated and CloudWatch checks are not known here. */
function settingsOf(config: XmlNode): HealthCheckSettings {
  checkChildren('HealthCheckConfig', config, known);
  const type = types.find((each) => each === requiredText('HealthCheckConfig', config, 'Type'));
  const interval = integer(config, 'RequestInterval') ?? 30;
  const threshold = integer(config, 'FailureThreshold') ?? 3;
  const searchString = text(config, 'SearchString');
  const ipAddress = text(config, 'IPAddress');
  const domainName = text(config, 'FullyQualifiedDomainName');
  if (type === undefined) throw refused('The lab knows no health check of this type.');
  if (interval !== 10 && interval !== 30) throw refused('RequestInterval must be 10 or 30.');
  if (threshold < 1 || threshold > 10) throw refused('FailureThreshold must be from 1 to 10.');
  if (ipAddress === undefined && domainName === undefined)
    throw refused('A health check needs an IPAddress or a FullyQualifiedDomainName.');
  if (type.endsWith('_STR_MATCH') !== (searchString !== undefined))
    throw refused('SearchString belongs to the types that end in STR_MATCH, and to no other.');
  return {
    type,
    ...(ipAddress === undefined ? {} : { ipAddress }),
    ...(domainName === undefined ? {} : { domainName }),
    port: integer(config, 'Port') ?? (type.startsWith('HTTPS') ? 443 : 80),
    path: text(config, 'ResourcePath') ?? '/',
    ...(searchString === undefined ? {} : { searchString }),
    intervalSeconds: interval,
    threshold,
    inverted: boolean(config, 'Inverted') ?? false,
    disabled: boolean(config, 'Disabled') ?? false,
    enableSni: boolean(config, 'EnableSNI') ?? type.startsWith('HTTPS'),
  };
}

function healthCheck({ id, callerReference, version, settings }: LabHealthCheck): XmlContent {
  return {
    Id: id,
    CallerReference: callerReference,
    HealthCheckConfig: {
      IPAddress: settings.ipAddress,
      Port: settings.port,
      Type: settings.type,
      ResourcePath: settings.path,
      FullyQualifiedDomainName: settings.domainName,
      SearchString: settings.searchString,
      RequestInterval: settings.intervalSeconds,
      FailureThreshold: settings.threshold,
      MeasureLatency: false,
      Inverted: settings.inverted,
      Disabled: settings.disabled,
      EnableSNI: settings.enableSni,
    },
    HealthCheckVersion: version,
  };
}

function readRoot(name: string, body: string): XmlNode {
  return readXml(body, name, refusal('MalformedInput', 400, `The request is not valid, expected ${name}`));
}

/** The code is documented; the texts are the lab's own. */
function refused(message: string): RefusedRequest {
  return new RefusedRequest(invalidInput(message));
}
