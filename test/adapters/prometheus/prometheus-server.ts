import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.js';
import { createPrometheus, type PrometheusSettings } from '../../../src/adapters/prometheus/prometheus.js';
import type { MetricQuery, PrometheusServer } from '../../../src/core/metric/metric-query.js';
import type { MetricWindow } from '../../../src/core/metric/metric-series.js';
import { hostName, type RecordName } from '../../../src/core/record-name.js';
import { instant, millis, type Instant } from '../../../src/core/time.js';
import type { Clock, MetricSource } from '../../../src/engine/ports.js';

export const never: AbortSignal = new AbortController().signal;
export const host: RecordName = name('www.example.com');

/** A minute boundary; the test's time is five minutes and a half later. */
export const start: Instant = instant(1_800_000_000_000);
export const bucketMs = 60_000;
export const window: MetricWindow = {
  start,
  end: instant(start + 5 * bucketMs),
  bucketMs: millis(bucketMs),
};
export const now: Instant = instant(start + 330_000);

/** Time stands still; only deadlines pass. */
export const clock: Clock = { ...createSystemClock(), now: () => now };

export interface Asked {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
}

export type Answer = (response: ServerResponse, asked: Asked, request: IncomingMessage) => void;

/** What a test answers as if it were Prometheus, over plain HTTP or, with options for it, HTTPS. */
export class PrometheusStandIn implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly url: string;
  readonly #server: Server;
  /** Questions under way, and the most there ever were. */
  #open = 0;
  mostOpen = 0;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(answer: Answer, tls?: ServerOptions): Promise<PrometheusStandIn> {
    const server = tls === undefined ? createServer() : createHttpsServer(tls);
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const standIn = new PrometheusStandIn(
      server,
      `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    );
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void standIn.#take(request, response, answer);
    });
    server.on('close', () => sockets.forEach((socket) => socket.destroy()));
    return standIn;
  }

  async #take(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
    this.#open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.#open);
    response.on('close', () => (this.#open -= 1));
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url: path = '', headers } = request;
    const asked = { path, method, headers, form: new URLSearchParams(body) };
    this.asked.push(asked);
    // The clocks agree unless a test says otherwise.
    response.setHeader('date', new Date(now).toUTCString());
    answer(response, asked, request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function json(body: unknown, status = 200): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}

export type Sample = readonly [time: unknown, value: unknown];

/** A matrix of one series with these values, one per bucket end; null leaves one out. */
export function series(values: readonly (string | null)[], other: object = {}): Answer {
  const samples = values.flatMap((value, index): Sample[] =>
    value === null ? [] : [[(start + (index + 1) * bucketMs) / 1_000, value]],
  );
  return matrix([{ metric: {}, values: samples }], other);
}

export function matrix(result: readonly unknown[], other: object = {}): Answer {
  return json({ status: 'success', data: { resultType: 'matrix', result }, ...other });
}

export function failure(status: number, errorType: string, error: string): Answer {
  return json({ status: 'error', errorType, error }, status);
}

export function serverAt(url: string, other: Partial<PrometheusServer> = {}): PrometheusServer {
  return {
    url,
    auth: { kind: 'none' },
    headerVariables: {},
    clientCertificate: null,
    caFile: null,
    ...other,
  };
}

export function query(
  server: PrometheusServer,
  text = 'sum(increase(requests_total[$bucket]))',
  other: Partial<MetricQuery> = {},
): MetricQuery {
  return {
    id: 'total',
    host,
    side: 'target',
    role: 'total',
    unit: 'count',
    whenMissing: 'unknown',
    name: 'total',
    spec: { source: 'prometheus', server, query: text },
    ...other,
  };
}

export function source(
  environment: Readonly<Record<string, string>> = {},
  other: Partial<PrometheusSettings> = {},
): MetricSource {
  return createPrometheus({ variable: (key) => environment[key], caFile: null, clock, ...other });
}

export function name(text: string): RecordName {
  const parsed = hostName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
