import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { HealthChecks } from '../health-checks/health-checks.js';
import { answerSts, isSts } from '../sts/get-caller-identity.js';
import type { HostedZones } from '../zone/hosted-zones.js';
import { refusal } from '../zone/refusal.js';
import type { Refusal } from '../zone/refusal.js';
import type { Answer } from './answer.js';
import { Exchange } from './exchange.js';
import { Route53Faults } from './faults.js';
import { AccessControl } from './iam.js';
import type { Permissions } from './iam.js';
import { RequestLog } from './request-log.js';
import type { LoggedRequest, RequestOutcome } from './request-log.js';
import { unknownRoute } from './routes.js';
import type { MatchedRoute } from './routes.js';
import { RefusedRequest } from './xml.js';

export interface Route53Options {
  readonly zones: HostedZones;
  /** None exist when it is left out; some can be created all the same. */
  readonly healthChecks?: HealthChecks;
  /** Address to listen on, for instance `127.0.0.1`. */
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly faults?: Route53Faults;
  /** Epoch milliseconds for the log; the zones have a clock of their own. */
  readonly now?: () => number;
  /** Numbers in [0, 1) for answers drawn by weight, and for faults when none are given. */
  readonly random?: () => number;
  /** How many calls the log keeps. */
  readonly maxLoggedRequests?: number;
  /** What some access keys may do; everybody else may do everything. */
  readonly permissions?: Permissions;
}

/** A running Route 53 endpoint. */
export interface Route53Lab extends AsyncDisposable {
  /** Endpoint URL without a slash at the end. */
  readonly url: string;
  readonly faults: Route53Faults;
  /** The last calls, oldest first; committed batches with all their changes. */
  readonly requests: readonly LoggedRequest[];
  close(): Promise<void>;
}

const maxBodyBytes = 1024 * 1024;
const defaultMaxLoggedRequests = 50_000;

/** Serves the hosted zones over the wire protocol of Route 53 until it is closed, and tells the account as AWS STS does. */
export async function startRoute53(options: Route53Options): Promise<Route53Lab> {
  const endpoint = new Route53Endpoint(options);
  await endpoint.listen(options.host, options.port);
  return endpoint;
}

class Route53Endpoint implements Route53Lab {
  readonly faults: Route53Faults;
  readonly #zones: HostedZones;
  readonly #healthChecks: HealthChecks;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #log: RequestLog;
  readonly #access: AccessControl;
  readonly #server: Server;
  readonly #closing = new AbortController();
  readonly #forgetFaults: () => void;
  /** Hosted zones with a change in the works. */
  readonly #busyZones = new Set<string>();
  #holds = false;
  #url = '';

  constructor({ zones, healthChecks, faults, now, random, maxLoggedRequests, permissions }: Route53Options) {
    this.#zones = zones;
    this.#now = now ?? Date.now;
    this.#random = random ?? Math.random;
    this.#healthChecks = healthChecks ?? new HealthChecks(zones, this.#random);
    this.faults = faults ?? new Route53Faults(this.#random);
    this.#log = new RequestLog(maxLoggedRequests ?? defaultMaxLoggedRequests);
    this.#access = new AccessControl(permissions ?? {});
    this.#server = createServer((request, response) => {
      // Only a broken connection and the closing of the lab end here.
      this.#serve(request, response).catch(() => request.socket.destroy());
    });
    this.#server.on('connection', (socket) => {
      if (this.faults.isOn('stopped')) socket.destroy();
    });
    this.#forgetFaults = this.faults.onChange(() => {
      this.#followFaults();
    });
    this.#followFaults();
  }

  get url(): string {
    return this.#url;
  }

  get requests(): readonly LoggedRequest[] {
    return this.#log.entries();
  }

  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address() as AddressInfo;
    this.#url = `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  }

  async close(): Promise<void> {
    this.#forgetFaults();
    this.#closing.abort();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Faults that are states of the world and not events of a call. */
  #followFaults(): void {
    if (this.faults.isOn('stopped')) this.#server.closeAllConnections();
    const holds = this.faults.isOn('insync-never');
    if (holds === this.#holds) return;
    this.#holds = holds;
    if (holds) this.#zones.holdPropagation();
    else this.#zones.releasePropagation();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new Exchange(request, response);
    const body = await readBody(request);
    if (isSts(exchange.method, exchange.pathname)) {
      const { httpStatus, body: xml } = answerSts(request.headers.authorization, body ?? '');
      response.writeHead(httpStatus, { 'Content-Type': 'text/xml' }).end(xml);
      return;
    }
    const { route, action } = exchange;
    if (this.faults.strike('stall', action) !== undefined) {
      this.#note(exchange, { kind: 'stalled' });
      return;
    }
    if (this.faults.strike('drop-request', action) !== undefined) {
      this.#note(exchange, { kind: 'request-dropped' });
      request.socket.destroy();
      return;
    }
    const result = exchange.refusal ?? (await this.#perform(exchange, route, body));
    const committed = result.kind === 'answer' ? result.committed : undefined;
    if (this.faults.strike('drop-reply', action) !== undefined) {
      this.#note(exchange, { kind: 'reply-dropped' }, committed);
      request.socket.destroy();
      return;
    }
    this.#note(exchange, outcomeOf(result), committed);
    exchange.reply(result);
  }

  /** A change keeps its zone busy from here until it is done; another one meanwhile is refused, as overlapping requests are. */
  async #perform(
    exchange: Exchange,
    route: MatchedRoute | undefined,
    body: string | undefined,
  ): Promise<Answer | Refusal> {
    if (route === undefined) return unknownRoute(exchange.method, exchange.pathname);
    if (body === undefined)
      return refusal('RequestEntityTooLarge', 413, `The body is over ${maxBodyBytes} bytes.`);
    const { action, id } = route;
    const { accessKeyId = '' } = exchange.described();
    const denied = this.#access.refuses({ accessKeyId, action, pathname: exchange.pathname, id, body });
    if (denied !== undefined) return denied;
    const isChange = action === 'ChangeResourceRecordSets';
    if (isChange && this.#busyZones.has(id)) return priorRequestNotComplete();
    if (isChange) this.#busyZones.add(id);
    try {
      const wait = this.faults.strike('delay', action);
      if (wait !== undefined) await delay(wait.delayMs, undefined, { signal: this.#closing.signal });
      return this.#refusedByFault(action, isChange) ?? this.#operate(exchange, route, body);
    } finally {
      if (isChange) this.#busyZones.delete(id);
    }
  }

  #refusedByFault(action: string, isChange: boolean): Refusal | undefined {
    if (this.faults.strike('access-denied', action) !== undefined) {
      const text = `User: arn:aws:iam::000000000000:user/lab is not authorized to perform: route53:${action}`;
      return refusal('AccessDenied', 403, text);
    }
    // Public text: chef-boneyard/route53#79.
    if (this.faults.strike('throttle', action) !== undefined)
      return refusal('Throttling', 400, 'Rate exceeded');
    if (isChange && this.faults.strike('prior-request-not-complete', action) !== undefined)
      return priorRequestNotComplete();
    return undefined;
  }

  #operate(exchange: Exchange, { operation, id }: MatchedRoute, body: string): Answer | Refusal {
    try {
      return operation({
        zones: this.#zones,
        healthChecks: this.#healthChecks,
        id,
        query: exchange.query,
        body,
        random: this.#random,
      });
    } catch (error) {
      if (error instanceof RefusedRequest) return error.refusal;
      return refusal('InternalFailure', 500, `The lab failed: ${String(error)}`);
    }
  }

  #note(exchange: Exchange, outcome: RequestOutcome, committed?: Answer['committed']): void {
    this.#log.add({
      atMs: this.#now(),
      ...exchange.described(),
      outcome,
      ...(committed === undefined ? {} : { committed }),
    });
  }
}

function outcomeOf(result: Answer | Refusal): RequestOutcome {
  const { httpStatus } = result;
  if (result.kind === 'answer') return { kind: 'answered', httpStatus };
  return { kind: 'refused', httpStatus, code: result.code, message: result.message };
}

/** Public text: pcorliss/ruby_route_53#34. */
function priorRequestNotComplete(): Refusal {
  const text = 'The request was rejected because Route 53 was still processing a prior request.';
  return refusal('PriorRequestNotComplete', 400, text);
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
