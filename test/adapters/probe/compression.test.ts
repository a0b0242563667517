import type { IncomingMessage } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { httpsSide, probe, type Answer } from './side.js';

/** A page as a server would send it in this encoding, whatever it is asked for. */
function page(body: Buffer | string, encoding?: string): Answer {
  return (_, response) => {
    response.writeHead(200, encoding === undefined ? {} : { 'content-encoding': encoding }).end(body);
  };
}

const deployment = JSON.stringify({ deployment: 'v42' });

test.each([
  ['gzip', gzipSync(deployment), 'gzip'],
  ['gzip', gzipSync(deployment), 'X-GZIP'],
  ['br', brotliCompressSync(deployment), 'br'],
  ['none', Buffer.from(deployment), undefined],
  ['none', Buffer.from(deployment), 'identity'],
] as const)('%s is verified as %s, and the JSON looked at decoded', async (compression, body, encoding) => {
  await using side = await httpsSide(page(body, encoding));
  const expect_ = { compression, json: { '/deployment': 'v42' }, body: '"v42"' };
  expect(await probe(side.port, { expect: expect_ })).toMatchObject({ result: 'ok' });
});

test.each([
  ['gzip', 'gzip'],
  ['br', 'br'],
  ['none', 'identity'],
  [undefined, 'identity'],
] as const)('expecting %s asks for %s and nothing else', async (compression, asked) => {
  const requests: IncomingMessage[] = [];
  await using side = await httpsSide((request, response) => {
    requests.push(request);
    response.end();
  });
  await probe(side.port, { expect: compression === undefined ? {} : { compression } });
  expect(requests.map(({ headers }) => headers['accept-encoding'])).toEqual([asked]);
});

test.each([
  ['gzip', undefined, 'the body is not compressed, expected gzip'],
  ['gzip', 'br', 'the body is compressed as br, expected gzip'],
  ['br', 'gzip', 'the body is compressed as gzip, expected br'],
  ['none', 'gzip', 'the body is compressed as gzip, expected it as it is'],
] as const)('where %s is expected, %s is a failure', async (compression, encoding, because) => {
  const bodies = { gzip: gzipSync('x'), br: brotliCompressSync('x') };
  await using side = await httpsSide(page(encoding === undefined ? 'x' : bodies[encoding], encoding));
  expect(await probe(side.port, { expect: { compression } })).toMatchObject({
    result: 'failed',
    because: `200, but ${because}`,
  });
});

test('a side that compresses although nobody asked is looked at decoded', async () => {
  await using side = await httpsSide(page(gzipSync('Welcome'), 'gzip'));
  expect(await probe(side.port, { expect: { body: 'Welcome' } })).toMatchObject({ result: 'ok' });
});

test.each([
  ['gzip', Buffer.from('not gzip at all'), 'incorrect header check'],
  ['gzip', gzipSync('cut in the middle').subarray(0, 20), 'unexpected end of file'],
  ['br', Buffer.from([0x91, 0x19, 0x6f, 0x6f]), 'Decompression failed'],
] as const)('a body that cannot be decoded as %s is a failure', async (encoding, body, reason) => {
  await using side = await httpsSide(page(body, encoding));
  expect(await probe(side.port)).toMatchObject({
    result: 'failed',
    because: `200, but its ${encoding} encoding is broken: ${reason}`,
  });
});

test('a small body that unpacks to a huge one is cut like any other', async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.from('ready'), Buffer.alloc(16 * 1024 ** 2)]));
  await using side = await httpsSide(page(bomb, 'gzip'));
  expect(await probe(side.port, { expect: { body: 'ready' } })).toMatchObject({ result: 'ok' });
  expect(await probe(side.port, { expect: { json: {} } })).toMatchObject({
    because: '200, but the body is longer than 64 KiB, too long to be judged as JSON',
  });
});

test.each([64 * 1024, 64 * 1024 + 1])('%d decoded bytes are judged on the first 64 KiB', async (size) => {
  await using side = await httpsSide(page(gzipSync('x'.repeat(size - 1) + 'y'), 'gzip'));
  const isWhole = size === 64 * 1024;
  expect((await probe(side.port, { expect: { body: 'y' } })).result).toBe(isWhole ? 'ok' : 'failed');
});

test('of a compressed body without end only the beginning is read', async () => {
  let isOpen = true;
  await using side = await httpsSide((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.on('close', () => (isOpen = false));
    // Stored, not packed: it decodes to about as many bytes.
    const chunk = gzipSync(Buffer.alloc(32 * 1024, 'x'), { level: 0 }).subarray(0, 16 * 1024);
    const more = (): void => {
      while (isOpen && response.write(chunk));
      if (isOpen) response.once('drain', more);
    };
    more();
  });
  const outcome = await probe(side.port, { expect: { body: 'xxx' } });
  expect(outcome).toMatchObject({ result: 'ok' });
});

test('an answer without a body may say that it would be compressed', async () => {
  await using side = await httpsSide((_, response) => {
    response.writeHead(204, { 'content-encoding': 'gzip' }).end();
  });
  const outcome = await probe(side.port, { expect: { status: [204], compression: 'gzip' } });
  expect(outcome).toMatchObject({ result: 'ok' });
});
