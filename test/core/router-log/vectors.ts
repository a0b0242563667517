import type { RouterVerdict } from '../../../src/core/router-log/router-verdict.js';
import type { ReferenceRequest } from './reference-parser.js';
import { message, plain } from './lines.js';

export interface Vector {
  readonly name: string;
  readonly message: string;
  readonly verdict: RouterVerdict;
  readonly fields?: Partial<ReferenceRequest>;
}

const slow = message(
  'at=error code=H12 desc="Request timeout" method=POST path="/slow"§ dyno=web.1 connect=1ms service=30001ms status=503 bytes=0¶',
);
const longPath = `/${'a'.repeat(7_999)}`;

/** Messages of the legacy router, Router 2.0, Private Spaces and Fir, as public captures and Heroku's documentation show them. */
export const vectors: readonly Vector[] = [
  {
    name: '1 plain',
    message: plain,
    verdict: 'ok',
    fields: { status: 200, serviceMs: 12, host: 'shop.example.com' },
  },
  {
    name: '2 HTTP/2',
    message: message(
      'at=info method=GET path="/a?b=1&c=2"§ dyno=web.2 connect=0ms service=3ms status=304 bytes=0 protocol=http2.0 tls=true tls_version=tls1.3',
    ),
    verdict: 'ok',
    fields: { path: '/a?b=1&c=2', status: 304 },
  },
  {
    name: '3 no TLS version',
    message: message(
      'at=info method=GET path="/"§ dyno=web.1 connect=1ms service=2ms status=301 bytes=180 protocol=http1.1 tls=false',
    ),
    verdict: 'ok',
    fields: { connectMs: 1, status: 301 },
  },
  {
    name: '4 the host on herokuapp.com',
    message: plain
      .replace('shop.example.com', 'shop-0a1b2c3d4e5f.herokuapp.com')
      .replace('tls1.3', 'unknown')
      .replace('status=200', 'status=422'),
    verdict: 'ok',
    fields: { host: 'shop-0a1b2c3d4e5f.herokuapp.com', status: 422 },
  },
  { name: '5 legacy router', message: plain.replace(/protocol=.*$/, 'protocol=https'), verdict: 'ok' },
  {
    name: '6 no quotes, no id',
    message:
      'at=info method=GET path=/x host=shop.example.com fwd="203.0.113.7" dyno=web.1 connect=1ms service=18ms status=200 bytes=13',
    verdict: 'ok',
    fields: { path: '/x', id: '', serviceMs: 18 },
  },
  {
    name: '7 Private Space order',
    message: plain.replace(/protocol=.*$/, 'tls_version=tls1.2 protocol=https'),
    verdict: 'ok',
  },
  { name: '8 the app answers 500', message: plain.replace('status=200', 'status=500'), verdict: 'bad' },
  { name: '9 H12', message: slow, verdict: 'bad', fields: { code: 12, status: 503, serviceMs: 30_001 } },
  {
    name: '10 blank connect',
    message: slow.replace('connect=1ms', 'connect=').replace(/protocol=.*$/, 'protocol=http'),
    verdict: 'bad',
    fields: { connectMs: -1, serviceMs: 30_001 },
  },
  {
    name: '11 H10',
    message: message(
      'at=error code=H10 desc="App crashed" method=GET path="/"§ dyno= connect= service= status=503 bytes=¶',
    ),
    verdict: 'bad',
    fields: { code: 10, serviceMs: -1 },
  },
  {
    name: '12 H14',
    message: message(
      'at=error code=H14 desc="No web processes running" method=GET path="/favicon.ico"§ dyno= connect= service= status=503 bytes= protocol=https',
    ),
    verdict: 'bad',
    fields: { code: 14, path: '/favicon.ico' },
  },
  {
    name: '13 H18 with status 200',
    message: message(
      'sock=backend at=error code=H18 desc="Server Request Interrupted" method=POST path="/s"§ dyno=web.1 connect=0ms service=710ms status=200 bytes=0¶',
    ),
    verdict: 'bad',
    fields: { code: 18, status: 200 },
  },
  {
    name: '14 H27',
    message: message(
      'sock=client at=warning code=H27 desc="Client Request Interrupted" method=POST path="/submit/"§ dyno=web.1 connect=1ms service=0ms status=499 bytes=0¶',
    ),
    verdict: 'excluded',
    fields: { code: 27 },
  },
  {
    name: '15 H28',
    message: message(
      'at=warning code=H28 desc="Client Connection Idle" method=PUT path="/up"§ dyno=web.1 connect=1ms service=55449ms status=499 bytes=18',
    ),
    verdict: 'excluded',
  },
  {
    name: '16 H26 with a cause',
    message: message(
      'at=error code=H26 desc="Request Error" cause="unsupported expect header value" method=GET path="/"§ dyno= connect= service= status=417 bytes=',
    ),
    verdict: 'excluded',
    fields: { status: 417 },
  },
  {
    name: '17 H25 without units',
    message: message(
      'at=error code=H25 desc="HTTP restriction: oversized cookie" method=GET path="/"§ dyno=web.1 connect=0 service=2 status=502 bytes=537',
    ),
    verdict: 'bad',
    fields: { connectMs: 0, serviceMs: 2 },
  },
  {
    name: '18 H31 with an agent',
    message: message(
      'at=error code=H31 desc="Misdirected Request" method=GET path="/"§ dyno= connect= service= status=421 bytes= protocol=http agent="Mozilla/5.0 (X11; a=b) é"',
    ),
    verdict: 'misrouted',
    fields: { code: 31, status: 421 },
  },
  {
    name: '19 H24 with a blank status',
    message: message(
      'at=error code=H24 desc="Forced close" method=GET path="/ws"§ dyno=web.1 connect=1ms service=80000ms status= bytes=18',
    ),
    verdict: 'ambiguous',
    fields: { status: 0 },
  },
  {
    name: '20 maintenance',
    message: message(
      'at=info code=H80 desc="Maintenance mode" method=GET path="/"§ dyno= connect= service= status=503 bytes=¶',
    ),
    verdict: 'platform',
  },
  {
    name: '21 a decoded space in the path',
    message: plain.replace('path="/"', 'path="/books/two words/1"'),
    verdict: 'ok',
    fields: { path: '/books/two words/1' },
  },
  {
    name: '22 forged fields in the path',
    message: message(
      'at=info method=GET path="/x" status=500 code=H12 host=evil.example dyno=web.9"§ dyno=web.1 connect=0ms service=1ms status=404 bytes=9¶',
    ),
    verdict: 'ok',
    fields: {
      status: 404,
      code: 0,
      host: 'shop.example.com',
      path: '/x" status=500 code=H12 host=evil.example dyno=web.9',
    },
  },
  {
    name: '23 a list of addresses',
    message: plain.replace('"203.0.113.7"', '"198.51.100.9, 203.0.113.7,192.0.2.44"'),
    verdict: 'ok',
  },
  {
    name: '24 IPv6 and a Fir dyno',
    message: message(
      'at=info method=GET path="/a?b=1&c=2"§ dyno=web-1234abcde-123ab connect=0ms service=3ms status=304 bytes=0 protocol=http2.0 tls=true tls_version=tls1.3',
    ).replace('203.0.113.7', '2001:db8::7'),
    verdict: 'ok',
    fields: { status: 304 },
  },
  { name: '25 no address', message: plain.replace('"203.0.113.7"', '""'), verdict: 'ok' },
  {
    name: '26 an address without quotes',
    message: plain.replace('"203.0.113.7"', '203.0.113.7'),
    verdict: 'ok',
  },
  {
    name: '27 a path of 8,000 characters',
    message: plain.replace('path="/"', `path="${longPath}"`).replace('status=200', 'status=414'),
    verdict: 'ok',
    fields: { path: longPath, status: 414 },
  },
  {
    name: '28 a websocket',
    message: plain
      .replace('path="/"', 'path="/cable"')
      .replace('service=12ms status=200', 'service=1843220ms status=101'),
    verdict: 'ok',
    fields: { status: 101, serviceMs: 1_843_220 },
  },
];
