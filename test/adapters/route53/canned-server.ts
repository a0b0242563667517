import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CannedAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
  /** The server's clock; the present where it is left out. */
  readonly date?: Date;
}

/** `silence` never answers, `reset` cuts the connection once the request is read. */
export type Reaction = CannedAnswer | 'silence' | 'reset';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** The client's port: equal for requests over one connection. */
  readonly clientPort: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An HTTP server on loopback for the answers no well-behaved Route 53 gives. */
export class CannedServer implements AsyncDisposable {
  readonly seen: SeenRequest[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #react: (request: SeenRequest) => Reaction = () => 'silence';

  static async start(): Promise<CannedServer> {
    const canned = new CannedServer();
    canned.#server.listen(0, '127.0.0.1');
    await once(canned.#server, 'listening');
    return canned;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on every request is answered like this, and `seen` begins anew. */
  react(reaction: Reaction | ((request: SeenRequest) => Reaction)): void {
    this.seen.length = 0;
    this.#react = typeof reaction === 'function' ? reaction : () => reaction;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      clientPort: request.socket.remotePort,
      headers: request.headers,
      body,
    };
    this.seen.push(seen);
    const reaction = this.#react(seen);
    if (reaction === 'silence') return;
    if (reaction === 'reset') {
      request.socket.destroy();
      return;
    }
    const { status, contentType = 'text/xml', date = new Date() } = reaction;
    response.writeHead(status, { 'content-type': contentType, date: date.toUTCString() });
    response.end(reaction.body);
  }
}

const namespace = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';

export function errorAnswer(status: number, code: string, message: string): CannedAnswer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return {
    status,
    body: `<?xml version="1.0"?><ErrorResponse ${namespace}>${error}<RequestId>r</RequestId></ErrorResponse>`,
  };
}

/** The error form of the API reference, which AWS no longer sends. */
export function oldErrorAnswer(...messages: readonly string[]): CannedAnswer {
  const list = messages.map((message) => `<Message>${message}</Message>`).join('');
  return {
    status: 400,
    body: `<?xml version="1.0"?><InvalidChangeBatch ${namespace}><Messages>${list}</Messages><RequestId>r</RequestId></InvalidChangeBatch>`,
  };
}

export interface Page {
  /** Name, type and set identifier of weighted CNAMEs; without an identifier a simple record. */
  readonly records: readonly (readonly [name: string, type: string, setIdentifier?: string])[];
  readonly next?: readonly [name: string, type: string, setIdentifier?: string];
}

export function listAnswer({ records, next }: Page): CannedAnswer {
  const sets = records.map(
    ([name, type, id]) =>
      `<ResourceRecordSet><Name>${name}</Name><Type>${type}</Type>` +
      (id === undefined ? '' : `<SetIdentifier>${id}</SetIdentifier><Weight>1</Weight>`) +
      `<TTL>60</TTL><ResourceRecords><ResourceRecord><Value>x.</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`,
  );
  const [name, type, id] = next ?? [];
  const cursor =
    next === undefined
      ? ''
      : `<NextRecordName>${name ?? ''}</NextRecordName><NextRecordType>${type ?? ''}</NextRecordType>` +
        (id === undefined ? '' : `<NextRecordIdentifier>${id}</NextRecordIdentifier>`);
  return {
    status: 200,
    body: `<ListResourceRecordSetsResponse ${namespace}><ResourceRecordSets>${sets.join('')}</ResourceRecordSets><IsTruncated>${String(next !== undefined)}</IsTruncated>${cursor}<MaxItems>100</MaxItems></ListResourceRecordSetsResponse>`,
  };
}

export const changeAccepted: CannedAnswer = {
  status: 200,
  body: `<ChangeResourceRecordSetsResponse ${namespace}><ChangeInfo><Id>/change/C1</Id><Status>PENDING</Status><SubmittedAt>2026-03-01T12:00:00.000Z</SubmittedAt></ChangeInfo></ChangeResourceRecordSetsResponse>`,
};
