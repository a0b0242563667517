import { Route53Client } from '@aws-sdk/client-route-53';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { onTestFinished } from 'vitest';
import type { Permissions } from '../../../src/lab/route53/iam.js';
import { startRoute53 } from '../../../src/lab/route53/server.js';
import type { Route53Lab } from '../../../src/lab/route53/server.js';
import { HostedZones } from '../../../src/lab/zone/hosted-zones.js';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

export interface LabFixture {
  readonly lab: Route53Lab;
  readonly zones: HostedZones;
  /** `Z1`, which is example.com. */
  readonly zoneId: string;
  readonly client: Route53Client;
  /** A request as no SDK sends it. */
  readonly raw: (
    method: string,
    path: string,
    body?: string,
    headers?: Record<string, string>,
  ) => Promise<RawAnswer>;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export const authorization =
  'AWS4-HMAC-SHA256 Credential=AKIDRAW/20260301/us-east-1/route53/aws4_request, SignedHeaders=host;x-amz-date, Signature=00';

interface LabFixtureOptions {
  readonly insyncDelayMs?: number;
  readonly maxLoggedRequests?: number;
  readonly permissions?: Permissions;
}

/** A Route 53 endpoint of the test's own, with the zone example.com; closed when the test is over. */
export async function labFixture(options: LabFixtureOptions = {}): Promise<LabFixture> {
  const { insyncDelayMs = 0, maxLoggedRequests = 1000, permissions = {} } = options;
  const zones = new HostedZones({ serverCount: 2, insyncDelayMs, now: Date.now, random: Math.random });
  zones.createZone({ name: 'example.com', callerReference: 'fixture', id: 'Z1' });
  zones.propagateNow();
  const lab = await startRoute53({ zones, host: '127.0.0.1', port: 0, maxLoggedRequests, permissions });
  const client = new Route53Client({
    endpoint: lab.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDSDK', secretAccessKey: 'fake' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await lab.close();
  });
  const raw = async (
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = { authorization },
  ): Promise<RawAnswer> => {
    const init: RequestInit = { method, headers };
    // A Uint8Array keeps fetch from adding a Content-Type, which botocore does not send either.
    if (body !== undefined) init.body = new TextEncoder().encode(body);
    const response = await fetch(lab.url + path, init);
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  return { lab, zones, zoneId: 'Z1', client, raw };
}

export const source: ResourceRecordSet = {
  Name: 'www.example.com',
  Type: 'CNAME',
  SetIdentifier: 'shift-source',
  Weight: 100,
  TTL: 60,
  ResourceRecords: [{ Value: 'a.herokudns.com' }],
};

export function batch(...changes: readonly Change[]): { readonly Changes: Change[] } {
  return { Changes: [...changes] };
}

/** What the SDK threw, with the parts a caller sees. */
export async function failure(
  call: Promise<unknown>,
): Promise<{ name: string; message: string; httpStatus?: number }> {
  try {
    await call;
  } catch (error) {
    const { name, message } = error as Error;
    const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: number } };
    return {
      name,
      message,
      ...(metadata?.httpStatusCode === undefined ? {} : { httpStatus: metadata.httpStatusCode }),
    };
  }
  throw new Error('the call was expected to fail');
}
