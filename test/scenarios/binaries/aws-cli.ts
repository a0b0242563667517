import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RecordSet } from '../../../src/core/record-set.js';
import type { Lab } from '../../../src/lab/lab.js';
import { pathOf } from './installed.js';

/** A record set as `aws route53 list-resource-record-sets` prints it; only what the tests look at. */
export interface PrintedRecord {
  readonly Name: string;
  readonly Type: string;
  readonly SetIdentifier?: string;
  readonly Weight?: number;
  readonly TTL?: number;
  readonly ResourceRecords?: readonly { readonly Value: string }[];
}

/** Every record set at the live host, as the AWS command line lists it. */
export async function listRecords(lab: Lab): Promise<readonly PrintedRecord[]> {
  const environment = { ...lab.environment(), PATH: process.env['PATH'] ?? '' };
  // Debian's aws does not know the variable for the endpoint.
  const endpoint = lab.environment()['AWS_ENDPOINT_URL_ROUTE_53'] ?? '';
  const listing = ['route53', 'list-resource-record-sets', '--hosted-zone-id', lab.zoneId];
  const args = ['--endpoint-url', endpoint, '--output', 'json', ...listing];
  const { stdout } = await promisify(execFile)(pathOf('aws'), args, { env: environment, timeout: 30_000 });
  const { ResourceRecordSets } = JSON.parse(stdout) as { ResourceRecordSets: PrintedRecord[] };
  return ResourceRecordSets.filter(({ Name }) => Name === `${lab.host}.`);
}

/** A record of `status -o json` as the AWS command line would print it. */
export function printed({ name, type, setIdentifier, weight, ttl, values }: RecordSet): PrintedRecord {
  return {
    Name: name,
    Type: type,
    ...(setIdentifier === null ? {} : { SetIdentifier: setIdentifier }),
    ...(weight === null ? {} : { Weight: weight }),
    ...(ttl === null ? {} : { TTL: ttl }),
    ResourceRecords: values.map((Value) => ({ Value })),
  };
}
