import { request, type Agent } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { TLSSocket } from 'node:tls';

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** Common name of the certificate the server showed. */
  certificate: string;
}

/** One HTTPS request to an address, with SNI and Host of one's own choosing. */
export function ask(options: {
  address: string;
  port: number;
  ca: string;
  host: string;
  serverName?: string;
  path?: string;
  /** Off where the certificate is expected not to match. */
  verify?: boolean;
  agent?: Agent;
}): Promise<Answered> {
  const serverName = options.serverName ?? options.host;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: options.address,
        port: options.port,
        path: options.path ?? '/',
        servername: serverName,
        headers: { host: options.host },
        ca: options.ca,
        rejectUnauthorized: options.verify ?? true,
        agent: options.agent ?? false,
      },
      (response) => {
        const socket = response.socket;
        const certificate = socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject.CN) : '';
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body, certificate }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}
