/**
 * How fast the router log becomes numbers: whole lines from raw bytes through `RouterLog` (parsed, filtered, deduplicated,
 * counted into buckets), against the `logfmt` package, which only splits the same lines into keys and values.
 *
 * Run it with `npm run bench:router`; the last line is the ratio of the two medians.
 */
import logfmt from 'logfmt';
import { RouterLog } from '../../../dist/core/router-log/router-log.js';

const rounds = 21;
const startMs = Date.UTC(2026, 10, 5, 12);
const chunkBytes = 64 * 1024;

/** Every tenth line is anything but a plain 200, as in a real log. */
const kinds = [
  {
    head: 'at=info method=GET path="/products/4711?colour=blue&page=2"',
    tail: 'dyno=web.1 connect=0ms service=12ms status=200 bytes=5120',
  },
  { head: 'at=info method=GET path="/"', tail: 'dyno=web.2 connect=1ms service=8ms status=200 bytes=812' },
  {
    head: 'at=info method=GET path="/assets/application-8f3b2c.js"',
    tail: 'dyno=web.3 connect=0ms service=2ms status=304 bytes=0',
  },
  {
    head: 'at=info method=POST path="/cart/items"',
    tail: 'dyno=web.1 connect=0ms service=143ms status=302 bytes=1302',
  },
  {
    head: 'at=info method=GET path="/api/v1/orders/90125/lines"',
    tail: 'dyno=web.4 connect=1ms service=31ms status=200 bytes=20480',
  },
  {
    head: 'at=info method=GET path="/search?q=two+words"',
    tail: 'dyno=web.2 connect=0ms service=78ms status=200 bytes=9022',
  },
  { head: 'at=info method=GET path="/"', tail: 'dyno=web.5 connect=0ms service=9ms status=200 bytes=812' },
  {
    head: 'at=info method=HEAD path="/health"',
    tail: 'dyno=web.1 connect=0ms service=1ms status=200 bytes=0',
  },
  {
    head: 'at=info method=GET path="/products/17"',
    tail: 'dyno=web.3 connect=0ms service=15ms status=404 bytes=1210',
  },
  {
    head: 'at=error code=H12 desc="Request timeout" method=GET path="/slow"',
    tail: 'dyno=web.2 connect=1ms service=30001ms status=503 bytes=0',
  },
];

function makeLog(lines, offset) {
  const log = [];
  for (let index = 0; index < lines; index += 1) {
    const { head, tail } = kinds[index % kinds.length];
    const number = (offset + index).toString(16).padStart(12, '0');
    const at = new Date(startMs + (index * 60_000) / lines).toISOString().replace('Z', '123+00:00');
    const client = `fwd="203.0.113.${index % 250}"`;
    log.push(
      `${at} heroku[router]: ${head} host=shop.example.com request_id=8f0e6a52-7c1d-4b55-9a0e-${number} ${client} ` +
        `${tail} protocol=http1.1 tls=true tls_version=tls1.3\n`,
    );
  }
  return Buffer.from(log.join(''));
}

function countWithRouterLog(bytes, log) {
  for (let at = 0; at < bytes.length; at += chunkBytes)
    log.push(bytes.subarray(at, at + chunkBytes), startMs + 60_000);
}

function parseWithLogfmt(bytes) {
  let errors = 0;
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line !== '' && logfmt.parse(line).status >= '500') errors += 1;
  }
  return errors;
}

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

/** Seconds of processor time, so that other programs on the machine do not count. */
function seconds(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const fastLines = 100_000;
const slowLines = 10_000;
const slowBytes = makeLog(slowLines, 0);
const fastRates = [];
const slowRates = [];
const log = new RouterLog({ hosts: ['shop.example.com'], bucketMs: 10_000, buckets: 60, seed: 1 });
// The two take turns, so that a moment of shared caches meets both.
for (let round = 0; round < rounds; round += 1) {
  const bytes = makeLog(fastLines, round * fastLines);
  fastRates.push(fastLines / seconds(() => countWithRouterLog(bytes, log)));
  slowRates.push(slowLines / seconds(() => parseWithLogfmt(slowBytes)));
}
if (log.totals.counted !== rounds * fastLines)
  throw new Error(`counted ${log.totals.counted} lines, not every one`);

const bytesPerLine = slowBytes.length / slowLines;
const text = (value, width) => String(value).padStart(width);
const row = (name, rates) => {
  const rate = Math.round(median(rates));
  const best = Math.round(Math.max(...rates)).toLocaleString('en');
  const megabytes = Math.round((rate * bytesPerLine) / 1e6);
  console.log(
    `${name.padEnd(30)}${text(rate.toLocaleString('en'), 12)}${text(best, 12)}${text(megabytes, 8)}`,
  );
};
console.log(
  `${rounds} rounds, Node.js ${process.version}, processor time of one core, ${Math.round(bytesPerLine)} bytes a line`,
);
console.log(`${''.padEnd(30)}${text('lines/s', 12)}${text('best', 12)}${text('MB/s', 8)}`);
row('RouterLog (bytes to buckets)', fastRates);
row('logfmt (bytes to objects)', slowRates);
console.log(`ratio: ${(median(fastRates) / median(slowRates)).toFixed(1)}`);
