import { LineBuffer } from '../../../src/core/router-log/line-buffer.js';
import { LineParser, type LineKind } from '../../../src/core/router-log/line-parser.js';
import type { ReferenceRequest } from './reference-parser.js';

export const time = '2026-11-05T12:34:56.123456+00:00';
export const timeMs: number = Date.UTC(2026, 10, 5, 12, 34, 56, 123);
export const requestId = '8f0e6a52-7c1d-4b55-9a0e-5d1f1c0c9b11';

const client = ` host=shop.example.com request_id=${requestId} fwd="203.0.113.7"`;
const protocol = ' protocol=http1.1 tls=true tls_version=tls1.3';

/** A router message; `§` stands for the usual host, id and address, `¶` for the usual protocol fields. */
export function message(text: string): string {
  return text.replace('§', client).replace('¶', protocol);
}

export const plain: string = message(
  'at=info method=GET path="/"§ dyno=web.1 connect=0ms service=12ms status=200 bytes=512¶',
);

/** As a log session writes it. */
export function sessionLine(text: string, at: string = time): string {
  return `${at} heroku[router]: ${text}\n`;
}

/** As a drain writes it, without the octet count. */
export function drainLine(text: string, at: string = time): string {
  return `<134>1 ${at} host heroku router - ${text}\n`;
}

export interface Parsed {
  readonly kind: LineKind;
  readonly request: ReferenceRequest | null;
  readonly timeMs: number;
}

/** What the parser of the hot path makes of one line, as text. */
export function parse(line: string): Parsed {
  const buffer = new LineBuffer();
  const bytes = Buffer.from(line);
  buffer.fill(bytes, 0);
  const parser = new LineParser(buffer.view);
  const kind = parser.parse(0);
  if (parser.end !== bytes.indexOf(10)) throw new Error(`ended at ${parser.end} of ${bytes.length} bytes`);
  const text = (start: number, end: number): string =>
    Buffer.from(buffer.bytes.subarray(start, end)).toString();
  const request = {
    code: parser.code,
    status: parser.status,
    connectMs: parser.connectMs,
    serviceMs: parser.serviceMs,
    path: text(parser.pathStart, parser.pathEnd),
    host: text(parser.hostStart, parser.hostEnd),
    id: text(parser.idStart, parser.idEnd),
  };
  return { kind, request: kind === 'request' ? request : null, timeMs: parser.timeMs };
}
