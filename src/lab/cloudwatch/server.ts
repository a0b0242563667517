import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricsPage } from '../metrics-page.js';
import { readAuthorization } from '../route53/authorization.js';
import { getMetricData } from './get-metric-data.js';
import { getMetricStatistics } from './get-metric-statistics.js';
import type { Input } from './input.js';
import { listMetrics } from './list-metrics.js';
import type { Metric } from './metric.js';
import type { OutputMembers } from './output.js';
import { protocolOf, type WireAnswer, type WireRequest } from './protocol.js';
import { CloudWatchRefusal } from './refusal.js';

export interface CloudWatchOptions {
  readonly metrics: readonly Metric[];
  /** Served beside the API under `/metrics`. */
  readonly page: MetricsPage;
  /** Address to listen on, for instance `127.53.1.4`. */
  readonly host: string;
  /** 0 lets the system choose one. */
  readonly port: number;
  /** Epoch milliseconds; the clock that the metrics are stamped with. */
  readonly now: () => number;
}

/** A running CloudWatch endpoint with a page for Prometheus beside it. */
export interface CloudWatchApi extends AsyncDisposable {
  /** Endpoint URL without a slash at the end. */
  readonly url: string;
  /** Stops listening and cuts the connections that stand. */
  close(): Promise<void>;
}

type Operation = (metrics: readonly Metric[], input: Input, nowMs: number) => OutputMembers;

const operations: Readonly<Record<string, Operation>> = {
  GetMetricData: getMetricData,
  GetMetricStatistics: getMetricStatistics,
  ListMetrics: listMetrics,
};

/** Five hundred queries with long names are about half of it. */
const maxBodyBytes = 1024 * 1024;

/** Serves the metrics over both wire protocols until it is closed. Errors of `listen` are thrown. */
export async function startCloudWatch(options: CloudWatchOptions): Promise<CloudWatchApi> {
  const server = createServer((request, response) => {
    // Only a broken connection ends here.
    serve(options, request, response).catch(() => request.socket.destroy());
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://${options.host}:${port}`, close, [Symbol.asyncDispose]: close };
}

async function serve(
  options: CloudWatchOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0];
  const isPage = path === '/metrics' && (request.method === 'GET' || request.method === 'HEAD');
  const { httpStatus, headers, body } = isPage
    ? await pageAnswer(options.page)
    : await apiAnswer(options, request);
  response.writeHead(httpStatus, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function pageAnswer(page: MetricsPage): Promise<WireAnswer> {
  return { httpStatus: 200, headers: { 'content-type': page.contentType }, body: await page.text() };
}

async function apiAnswer(options: CloudWatchOptions, request: IncomingMessage): Promise<WireAnswer> {
  const body = await readBody(request);
  const target = request.headers['x-amz-target'];
  const wire = {
    target: typeof target === 'string' ? target : undefined,
    contentType: request.headers['content-type'],
    body: body ?? '',
  };
  const protocol = protocolOf(wire);
  const requestId = randomUUID();
  try {
    if (body === undefined) {
      throw new CloudWatchRefusal('RequestEntityTooLarge', `The body is over ${maxBodyBytes} bytes.`, 413);
    }
    checkCaller(request.headers.authorization);
    return perform(options, wire, requestId);
  } catch (error) {
    const refusal =
      error instanceof CloudWatchRefusal
        ? error
        : new CloudWatchRefusal('InternalServiceError', `The lab failed: ${String(error)}`, 500);
    return protocol.refuse(refusal, requestId);
  }
}

function perform({ metrics, now }: CloudWatchOptions, wire: WireRequest, requestId: string): WireAnswer {
  const protocol = protocolOf(wire);
  const { operation: name, input } = protocol.read(wire);
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) {
    const code = wire.target === undefined ? 'InvalidAction' : 'UnknownOperation';
    throw new CloudWatchRefusal(code, `The lab's CloudWatch has no operation ${name}.`);
  }
  return protocol.answer(name, operation(metrics, input, now()), requestId);
}

function checkCaller(authorization: string | undefined): void {
  const caller = readAuthorization(authorization, 'monitoring');
  if (caller.kind === 'refused') throw new CloudWatchRefusal(caller.code, caller.message, caller.httpStatus);
}

/** The body as text, or undefined when it is over the limit; what is over it is read and thrown away. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}
