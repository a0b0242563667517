import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import type { ServerCertificate } from '../certificates.js';
import { applicationAnswer, applicationFailure, healthPath } from './application.js';
import { decideFate, healthyBehaviour, type Fate, type OriginBehaviour } from './behaviour.js';
import { Listeners } from './listeners.js';
import { LoadMeter, type SecondOfLoad } from './load-meter.js';
import type { Answer, Platform, Route } from './platform.js';
import type { ServedListener, ServedOutcome } from './served-request.js';

export interface OriginOptions {
  readonly platform: Platform;
  /** Addresses to serve on; starting fails when one cannot be bound. */
  readonly addresses: readonly string[];
  /** Addresses to serve on where the machine has them free, for instance `::1`. */
  readonly optionalAddresses?: readonly string[];
  /** The same port on every address; 0 lets the system choose one. */
  readonly port: number;
  readonly random: () => number;
  readonly now?: () => number;
  /** Mean time the application takes; none when left out. */
  readonly serviceTimeMs?: number;
}

/** One side of a migration: a platform with an application behind it, on TLS. */
export class Origin implements AsyncDisposable {
  readonly #platform: Platform;
  readonly #random: () => number;
  readonly #meter: LoadMeter;
  readonly #now: () => number;
  readonly #listeners: Listeners;
  readonly #onServed: ServedListener[] = [];
  readonly #contexts = new Map<string, SecureContext>();
  #behaviour: OriginBehaviour;
  #deaths = 0;
  /** Changes run one after the other: closing and opening listeners must not overlap. */
  #pending: Promise<void> = Promise.resolve();

  constructor(options: OriginOptions) {
    this.#platform = options.platform;
    this.#behaviour = { ...healthyBehaviour, serviceTimeMs: options.serviceTimeMs ?? 0 };
    this.#random = options.random;
    this.#now = options.now ?? Date.now;
    this.#meter = new LoadMeter(this.#now);
    const fallback = this.#platform.certificateFor(undefined);
    this.#listeners = new Listeners({
      addresses: options.addresses,
      optionalAddresses: options.optionalAddresses ?? [],
      port: options.port,
      tls: {
        cert: fallback.certificatePem,
        key: fallback.privateKeyPem,
        SNICallback: (serverName, done) => {
          done(null, this.#contextFor(this.#platform.certificateFor(serverName.toLowerCase())));
        },
      },
      serve: (request, response) => this.#serve(request, response),
    });
  }

  /** The addresses it serves on, those of a dead origin included. */
  get addresses(): readonly string[] {
    return this.#listeners.addresses;
  }

  get port(): number {
    return this.#listeners.port;
  }

  get behaviour(): OriginBehaviour {
    return this.#behaviour;
  }

  /** What it answered, second by second, for the last ten minutes. */
  load(): readonly SecondOfLoad[] {
    return this.#meter.seconds();
  }

  /** Tells this one, too, of every request from now on. */
  onServed(listener: ServedListener): void {
    this.#onServed.push(listener);
  }

  open(): Promise<void> {
    return this.#inOrder(() => this.#listeners.open());
  }

  /** Switches behaviour; resolves when listeners are closed or open again, where that was asked for. */
  change(part: Partial<OriginBehaviour>): Promise<void> {
    return this.#inOrder(async () => {
      const wasDead = this.#behaviour.dead;
      this.#behaviour = { ...this.#behaviour, ...part };
      if (this.#behaviour.dead && !wasDead) {
        this.#deaths += 1;
        await this.#listeners.close();
      }
      if (!this.#behaviour.dead && wasDead) await this.#listeners.open();
    });
  }

  close(): Promise<void> {
    return this.#inOrder(() => this.#listeners.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #inOrder(work: () => Promise<void>): Promise<void> {
    const done = this.#pending.then(work);
    this.#pending = done.catch(() => undefined);
    return done;
  }

  #contextFor(certificate: ServerCertificate): SecureContext {
    const known = this.#contexts.get(certificate.certificatePem);
    if (known !== undefined) return known;
    const context = createSecureContext({ cert: certificate.certificatePem, key: certificate.privateKeyPem });
    this.#contexts.set(certificate.certificatePem, context);
    return context;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    // Bodies play no part in the lab; reading them to nowhere keeps the connection usable.
    request.resume();
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const fate = decideFate(this.#behaviourAt(path), this.#meter.arrived(), this.#random);
    const route = this.#platform.route({ host: hostOf(request), serverName: serverNameOf(request) });
    const { answer, from } = this.#answer(request.method ?? 'GET', path, route, fate);
    const report = this.#reporter(request);
    const send = (): void => {
      const body = request.method === 'HEAD' ? '' : answer.body;
      this.#meter.answered(answer.status);
      response.writeHead(answer.status, {
        ...answer.headers,
        'content-length': Buffer.byteLength(answer.body),
      });
      response.end(body);
      report({ kind: from, status: answer.status }, Buffer.byteLength(body));
    };
    if (fate.delayMs === 0) {
      send();
      return;
    }
    let sent = false;
    const deaths = this.#deaths;
    const timer = setTimeout(() => {
      sent = true;
      send();
    }, fate.delayMs);
    response.once('close', () => {
      clearTimeout(timer);
      // Of what a dying side cuts off nobody is left to tell.
      if (!sent && this.#deaths === deaths) report({ kind: 'abandoned' }, 0);
    });
  }

  #reporter(request: IncomingMessage): (outcome: ServedOutcome, bodyBytes: number) => void {
    const startedAtMs = this.#now();
    // The addresses of a socket are gone once it has been closed.
    const { remoteAddress, localAddress } = request.socket;
    return (outcome, bodyBytes) => {
      const finishedAtMs = this.#now();
      for (const listener of this.#onServed) {
        listener({
          startedAtMs,
          finishedAtMs,
          method: request.method ?? 'GET',
          path: request.url ?? '/',
          host: hostOf(request),
          headers: request.headers,
          clientAddress: remoteAddress ?? '',
          originAddress: localAddress ?? '',
          outcome,
          bodyBytes,
        });
      }
    };
  }

  /** The page for health checks does nothing that can fail by accident; what is wrong with a side shows on it as everywhere. */
  #behaviourAt(path: string): OriginBehaviour {
    return path === healthPath ? { ...this.#behaviour, baseErrorFraction: 0 } : this.#behaviour;
  }

  #answer(method: string, path: string, route: Route, fate: Fate): AnswerFrom {
    if (route.kind === 'platform') return { answer: route.answer, from: 'platform' };
    const { failureStatus } = fate;
    if (failureStatus !== undefined && failureStatus >= 502 && failureStatus <= 504) {
      return { answer: this.#platform.failure(failureStatus), from: 'platform' };
    }
    const answer =
      failureStatus === undefined
        ? applicationAnswer(method, path, route.deployment)
        : applicationFailure(failureStatus);
    return { answer: this.#platform.relay(answer), from: 'application' };
  }
}

/** An answer and who gave it. */
interface AnswerFrom {
  readonly answer: Answer;
  readonly from: 'application' | 'platform';
}

/** Starts an origin in good weather. Errors: those of `listen`, for instance EADDRINUSE or EADDRNOTAVAIL. */
export async function startOrigin(options: OriginOptions): Promise<Origin> {
  const origin = new Origin(options);
  await origin.open();
  return origin;
}

function hostOf(request: IncomingMessage): string {
  const host = (request.headers.host ?? '').toLowerCase();
  return host.replace(/:\d+$/, '').replace(/\.$/, '');
}

function serverNameOf({ socket }: IncomingMessage): string | undefined {
  const name = socket instanceof TLSSocket ? socket.servername : undefined;
  return typeof name === 'string' ? name.toLowerCase() : undefined;
}
