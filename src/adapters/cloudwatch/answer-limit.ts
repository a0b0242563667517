import { Transform, type Readable, type TransformCallback } from 'node:stream';

/** A full page of 100,800 points takes about 4 MB. */
export const maxAnswerBytes: number = 32 * 1024 * 1024;

/** The server sent more than any page of CloudWatch can hold. */
export class AnswerTooLong extends Error {}

/** The same body, which fails once it has grown too long: the SDK itself reads on for as long as the server sends. */
export function limited(body: Readable): Readable {
  let byteCount = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      byteCount += chunk.length;
      if (byteCount <= maxAnswerBytes) done(null, chunk);
      else done(new AnswerTooLong());
    },
  });
  limit.once('error', () => body.destroy());
  // A pipe hands on the end of a body, but not that its connection was cut.
  body.once('error', (error) => limit.destroy(error));
  return body.pipe(limit);
}
