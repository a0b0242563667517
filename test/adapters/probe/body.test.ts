import type zlib from 'node:zlib';
import { gzipSync, type Gunzip } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { readBody } from '../../../src/adapters/probe/body.js';
import { start } from '../../../src/adapters/probe/progress.js';

const decoders: Gunzip[] = [];

vi.mock('node:zlib', async (importOriginal) => {
  const real = await importOriginal<typeof zlib>();
  const createGunzip = (): Gunzip => {
    const decoder = real.createGunzip();
    decoders.push(decoder);
    return decoder;
  };
  return { ...real, createGunzip };
});

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) {
    await Promise.resolve();
    yield bytes.subarray(from, from + size);
  }
}

test('of a small body that unpacks to a huge one no more is unpacked than is looked at', async () => {
  const bomb = gzipSync(Buffer.alloc(8 * 1024 ** 2, 'x'));
  const read = await readBody(inChunks(bomb, 1000), 'gzip', start('127.0.0.1', 443));
  expect(read).toMatchObject({ cut: true, encodingFault: null });
  expect(read.body).toBe('x'.repeat(64 * 1024));
  const [decoder] = decoders;
  expect(decoder?.bytesWritten).toBeLessThan(bomb.length / 10);
  expect(decoder?.destroyed).toBe(true);
});

test('a compressed body is read no further than twice what is looked at, and what is missing is no fault', async () => {
  let readBytes = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    const chunk = gzipSync(Buffer.alloc(300_000, 'y'), { level: 0 }).subarray(0, 20_000);
    for (;;) {
      readBytes += chunk.length;
      await Promise.resolve();
      yield chunk;
    }
  }
  const read = await readBody(endless(), 'gzip', start('127.0.0.1', 443));
  expect(read).toMatchObject({ cut: true, encodingFault: null });
  expect(readBytes).toBeLessThanOrEqual(128 * 1024 + 20_000);
});
