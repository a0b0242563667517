import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';

/** One call as it came over the wire. */
export interface SeenCall {
  readonly operation: string;
  readonly region: string;
  readonly headers: IncomingMessage['headers'];
  readonly input: CallInput;
}

/** The parts of GetMetricData and ListMetrics that the tests look at. */
export interface CallInput {
  readonly MetricDataQueries?: readonly AskedMetric[];
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly ScanBy?: string;
  readonly NextToken?: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly RecentlyActive?: string;
}

export interface AskedMetric {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: string;
    readonly Unit?: string;
  };
}

/** What is sent back: JSON with status 200, an error by name, raw bytes, nothing at all, a cut, or a byte now and then. */
export type Reaction =
  | { readonly json: unknown }
  | {
      readonly error: string;
      readonly message?: string;
      readonly status?: number;
      readonly withoutHeader?: boolean;
    }
  | { readonly raw: string; readonly status?: number; readonly contentType?: string }
  | { readonly megabytes: number }
  | 'silence'
  | 'reset'
  | 'cut-in-the-middle'
  | 'dribble';

/** A CloudWatch on loopback that says whatever a test wants, in AWS JSON 1.0. */
export class CloudWatchServer implements AsyncDisposable {
  readonly seen: SeenCall[] = [];
  /** Connections that the other side gave up. */
  closedCount = 0;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #react: (call: SeenCall, number: number) => Reaction | Promise<Reaction> = () => 'silence';

  static async start(): Promise<CloudWatchServer> {
    const started = new CloudWatchServer();
    started.#server.listen(0, '127.0.0.1');
    await once(started.#server, 'listening');
    return started;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on every call is answered like this, and `seen` begins anew. */
  react(reaction: Reaction | ((call: SeenCall, number: number) => Reaction | Promise<Reaction>)): void {
    this.seen.length = 0;
    this.#react = typeof reaction === 'function' ? reaction : () => reaction;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = {
      operation: String(request.headers['x-amz-target']),
      region: /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '',
      headers: request.headers,
      input: JSON.parse(Buffer.concat(chunks).toString('utf8')) as CallInput,
    };
    this.seen.push(call);
    response.once('close', () => (this.closedCount += response.writableFinished ? 0 : 1));
    const reaction = await this.#react(call, this.seen.length);
    if (reaction === 'silence') return;
    if (reaction === 'reset') request.socket.destroy();
    else if (reaction === 'cut-in-the-middle' || reaction === 'dribble') start(response, reaction);
    else if ('megabytes' in reaction) flood(response, reaction.megabytes);
    else send(response, reaction);
  }
}

function send(
  response: ServerResponse,
  reaction: Exclude<Reaction, string | { readonly megabytes: number }>,
): void {
  const type = 'application/x-amz-json-1.0';
  if ('json' in reaction) {
    response.writeHead(200, { 'content-type': type }).end(JSON.stringify(reaction.json));
  } else if ('raw' in reaction) {
    const { status = 200, contentType = type, raw } = reaction;
    response.writeHead(status, { 'content-type': contentType }).end(raw);
  } else {
    const { error, message = '', status = 400, withoutHeader = false } = reaction;
    const header = withoutHeader ? {} : { 'x-amzn-query-error': `${error};Sender` };
    response
      .writeHead(status, { 'content-type': type, ...header })
      .end(JSON.stringify({ __type: `com.amazonaws.cloudwatch#${error}`, message }));
  }
}

function start(response: ServerResponse, how: 'cut-in-the-middle' | 'dribble'): void {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '100000' });
  response.write('{"MetricDataResults":[');
  if (how === 'cut-in-the-middle') setTimeout(() => response.destroy(), 20);
  else {
    const timer = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(timer));
  }
}

function flood(response: ServerResponse, megabytes: number): void {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  const body = Readable.from(Array.from({ length: megabytes }, () => chunk));
  pipeline(body, response, () => undefined);
}

/** What one metric gets: pairs of seconds and a value, and whatever else a result may carry. */
export interface ResultParts {
  readonly points?: readonly (readonly [epochSeconds: unknown, value: unknown])[];
  readonly status?: unknown;
  readonly messages?: unknown;
}

export function resultOf(id: string, { points = [], status = 'Complete', messages }: ResultParts): unknown {
  return {
    Id: id,
    Label: id,
    Timestamps: points.map(([at]) => at),
    Values: points.map(([, value]) => value),
    StatusCode: status,
    ...(messages === undefined ? {} : { Messages: messages }),
  };
}

/** Answers every metric of a call with what `parts` says about it. */
export function answering(parts: (metric: AskedMetric, call: SeenCall) => ResultParts): (call: SeenCall) => {
  readonly json: unknown;
} {
  return (call) => ({
    json: {
      MetricDataResults: (call.input.MetricDataQueries ?? []).map((metric) =>
        resultOf(metric.Id, parts(metric, call)),
      ),
    },
  });
}
