import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpsServer, type RequestOptions } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.js';
import { createProber } from '../../../src/adapters/probe/prober.js';
import type { ProbeOutcome } from '../../../src/core/probe.js';
import { recordName, type RecordName } from '../../../src/core/record-name.js';
import { ok } from '../../../src/core/result.js';
import type { Clock, Dns, ProbeAnswer, ProbeRequest } from '../../../src/engine/ports.js';
import {
  createCertificateAuthority,
  type CertificateAuthority,
  type ServerCertificate,
} from '../../../src/lab/certificates.js';

export const host: RecordName = name('www.example.com');
export const never: AbortSignal = new AbortController().signal;
export const clock: Clock = createSystemClock();

export const authority: CertificateAuthority = await createCertificateAuthority();
export const certificate: ServerCertificate = await authority.issue(['www.example.com']);

export const folder: string = mkdtempSync(join(tmpdir(), 'shift-probe-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
export const caFile: string = join(folder, 'authority.pem');
writeFileSync(caFile, authority.certificatePem);

/** A side on loopback. */
export interface Side extends AsyncDisposable {
  readonly port: number;
  /** Connections accepted so far. */
  readonly sockets: readonly Socket[];
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A side that speaks HTTPS. */
export function httpsSide(
  answer: Answer,
  shown: Pick<ServerCertificate, 'certificatePem' | 'privateKeyPem'> = certificate,
  at: Place = {},
): Promise<Side> {
  return listening(createHttpsServer(credentials(shown), answer), at);
}

/** Where a side listens: any port of 127.0.0.1 unless told otherwise. */
interface Place {
  readonly address?: string;
  readonly port?: number;
}

/** A side that does as it likes inside a TLS connection. */
export function tlsSide(behave: (socket: TLSSocket) => void): Promise<Side> {
  return listening(
    createTlsServer(credentials(certificate), (socket) => {
      socket.on('error', () => undefined);
      behave(socket);
    }),
  );
}

/** A side that does not even speak TLS. */
export function tcpSide(behave: (socket: Socket) => void, at: Place = {}): Promise<Side> {
  return listening(
    createServer((socket) => {
      socket.on('error', () => undefined);
      behave(socket);
    }),
    at,
  );
}

/** Sends these bytes once a request has come, and nothing more. */
export function rawAnswer(text: string | Buffer): Promise<Side> {
  return tlsSide((socket) => socket.once('data', () => socket.write(text)));
}

function credentials(shown: Pick<ServerCertificate, 'certificatePem' | 'privateKeyPem'>): RequestOptions {
  return { key: shown.privateKeyPem, cert: shown.certificatePem };
}

async function listening(server: Server, { address = '127.0.0.1', port = 0 }: Place = {}): Promise<Side> {
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The lookup of the side's DNS target, answering as told. */
export function dns(addresses: Dns['addresses'] = () => Promise.resolve(ok(['127.0.0.1']))): Dns {
  return { addresses, sample: () => Promise.resolve([]) };
}

/** A request for the live host at this port, expecting 200 within two seconds unless told otherwise. */
export function request(
  port: number,
  other: Partial<ProbeRequest> = {},
  expect: Partial<ProbeRequest['expect']> = {},
): ProbeRequest {
  return {
    host,
    endpoint: 'my-app.herokudns.com',
    port,
    path: '/health',
    timeoutMs: 2000,
    expect: { status: [200], body: null, json: null, ...expect },
    families: 'auto',
    ...other,
  };
}

interface ProbeOptions {
  readonly request?: Partial<ProbeRequest>;
  readonly expect?: Partial<ProbeRequest['expect']>;
  readonly dns?: Dns;
  readonly clock?: Clock;
  readonly caFile?: string | null;
  readonly signal?: AbortSignal;
}

/** What one probe found over the one address family there is. */
export async function probe(port: number, how: ProbeOptions = {}): Promise<ProbeOutcome> {
  return only(await probeEach(port, how)).outcome;
}

/** Shared by all probes that ask for nothing special: reading the usual authorities takes longer than a probe. */
const usual = createProber({ dns: dns(), caFile, clock });

/** One probe over every family that the lookup finds. */
export function probeEach(port: number, how: ProbeOptions = {}): Promise<readonly ProbeAnswer[]> {
  const isUsual = how.dns === undefined && how.clock === undefined && how.caFile === undefined;
  const prober = isUsual
    ? usual
    : createProber({
        dns: how.dns ?? dns(),
        caFile: how.caFile === undefined ? caFile : how.caFile,
        clock: how.clock ?? clock,
      });
  return prober.probe(request(port, how.request, how.expect), how.signal ?? never);
}

export function only(answers: readonly ProbeAnswer[]): ProbeAnswer {
  const [answer, ...others] = answers;
  if (answer === undefined || others.length > 0) throw new Error(`${answers.length} answers, not one`);
  return answer;
}

export function name(text: string): RecordName {
  const parsed = recordName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
