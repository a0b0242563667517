import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIP } from 'node:net';
import type { HealthCheckSettings } from './health-check.js';

/** Times and sizes: Route 53 Developer Guide, "How Route 53 determines whether a health check is healthy". */
const connectTimeoutMs = 4_000;
const answerTimeoutMs = 2_000;
const searchedBytes = 5_120;

/** How a checker words an answer; `Success:` is the prefix of every good one. */
export type AskOutcome = string;

/** One request of one checker. Certificates are not validated; a redirect is as good as a page. Never rejects. */
export async function ask(
  settings: HealthCheckSettings,
  address: string | undefined,
  signal: AbortSignal,
): Promise<AskOutcome> {
  if (address === undefined) return 'Failure: DNS resolution failed: Rcode NXDomain(3)';
  const ending = AbortSignal.any([signal, AbortSignal.timeout(connectTimeoutMs + answerTimeoutMs)]);
  try {
    if (settings.type === 'TCP') return await askTcp(settings, address, ending);
    return await askHttp(settings, address, ending);
  } catch (error) {
    if (ending.aborted) return 'Failure: The request timed out.';
    return `Failure: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function askTcp({ port }: HealthCheckSettings, host: string, signal: AbortSignal): Promise<AskOutcome> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port, signal }, resolve);
    socket.once('error', reject);
    socket.once('connect', () => socket.destroy());
  });
  return 'Success: TCP connection established';
}

async function askHttp(
  settings: HealthCheckSettings,
  host: string,
  signal: AbortSignal,
): Promise<AskOutcome> {
  const { type, domainName, port, path, enableSni, searchString } = settings;
  const name = domainName ?? host;
  const options: RequestOptions = {
    host,
    port,
    path,
    signal,
    agent: false,
    headers: { Host: name, 'User-Agent': userAgent },
  };
  const servername = enableSni && isIP(name) === 0 ? { servername: name } : {};
  const isTls = type === 'HTTPS' || type === 'HTTPS_STR_MATCH';
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = isTls
      ? httpsRequest({ ...options, ...servername, rejectUnauthorized: false }, resolve)
      : httpRequest(options, resolve);
    sent.once('error', reject);
    sent.end();
  });
  try {
    const status = response.statusCode ?? 0;
    const told = `HTTP Status Code ${status}, ${response.statusMessage ?? ''}`;
    if (status < 200 || status > 399) return `Failure: ${told}`;
    if (type === 'HTTP' || type === 'HTTPS') return `Success: ${told}`;
    const body = await beginningOf(response);
    return body.includes(searchString ?? '')
      ? `Success: ${told}`
      : 'Failure: The HTTP response did not contain the search string.';
  } finally {
    response.destroy();
  }
}

const userAgent = 'Amazon-Route53-Health-Check-Service (ref lab; report http://amzn.to/1vsZADi)';

async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= searchedBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, searchedBytes).toString('utf8');
}
