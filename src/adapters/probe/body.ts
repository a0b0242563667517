import { createBrotliDecompress, createGunzip } from 'node:zlib';
import type { Progress } from './progress.js';

/** What is looked at of a body, decoded; assertions about health are about its beginning. */
const maxBodyBytes = 64 * 1024;

/** What is read of a compressed body: no encoder makes its input twice as long, only someone who wants us to go on reading. */
const maxEncodedBytes = 2 * maxBodyBytes;

export interface BodyText {
  /** The first 64 KiB of the decoded body as UTF-8. */
  readonly body: string;
  /** True when the body goes on after that. */
  readonly cut: boolean;
  /** What is wrong with its encoding, or null. */
  readonly encodingFault: string | null;
}

/** Some of a body. */
interface Beginning {
  readonly bytes: Buffer;
  readonly cut: boolean;
}

/** By Content-Encoding (RFC 9110 section 8.4.1); a body in any other encoding is taken as it came. */
const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, br: createBrotliDecompress } as const;

/** Reads the beginning of a body and decodes of it no more than is looked at, however much more it would unpack to. */
export async function readBody(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string,
  progress: Progress,
): Promise<BodyText> {
  if (!isDecodable(encoding)) return text(await read(chunks, maxBodyBytes, progress));
  const encoded = await read(chunks, maxEncodedBytes, progress);
  return encoded.bytes.length === 0 ? text(encoded) : decode(encoded, encoding);
}

function isDecodable(encoding: string): encoding is keyof typeof decoders {
  return Object.hasOwn(decoders, encoding);
}

async function read(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
  progress: Progress,
): Promise<Beginning> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) {
    read.push(chunk);
    progress.bodyBytes += chunk.length;
    if (progress.bodyBytes > maxBytes) break;
  }
  return { bytes: Buffer.concat(read).subarray(0, maxBytes), cut: progress.bodyBytes > maxBytes };
}

async function decode(encoded: Beginning, encoding: keyof typeof decoders): Promise<BodyText> {
  const decoder = decoders[encoding]();
  const decoded: Uint8Array[] = [];
  let length = 0;
  let encodingFault: string | null = null;
  decoder.end(encoded.bytes);
  try {
    for await (const chunk of decoder as AsyncIterable<Uint8Array>) {
      decoded.push(chunk);
      length += chunk.length;
      if (length > maxBodyBytes) break;
    }
  } catch (error) {
    // What was cut off here has no end, and that is not the side's fault.
    if (!encoded.cut) encodingFault = `its ${encoding} encoding is broken: ${reason(error)}`;
  }
  const bytes = Buffer.concat(decoded).subarray(0, maxBodyBytes);
  return { ...text({ bytes, cut: encoded.cut || length > maxBodyBytes }), encodingFault };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function text({ bytes, cut }: Beginning): BodyText {
  return { body: bytes.toString('utf8'), cut, encodingFault: null };
}
