import { expect, test } from 'vitest';
import { readDrainFrame, type DrainFrame } from '../../../src/core/router-log/drain-frame.js';
import { drainLine, message, plain } from './lines.js';

const lossLine =
  '<172>1 2026-11-05T12:34:50+00:00 host heroku logplex - Error L10 (output buffer overflow): 491 messages dropped since 2026-11-05T12:34:20+00:00.\n';

function framed(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${Buffer.byteLength(line)} ${line}`).join(''));
}

function read(body: Buffer, announced: number): DrainFrame {
  const frame = readDrainFrame(body, announced);
  if (!frame.ok) throw new Error(frame.error);
  return frame.value;
}

test('messages are told apart by their length in bytes, not in characters', () => {
  const agent = drainLine(
    message(
      'at=error code=H31 desc="Misdirected Request" method=GET path="/"§ dyno= connect= service= status=421 bytes= agent="é 語"',
    ),
  );
  const frame = read(framed(drainLine(plain), agent), 2);
  expect(frame).toMatchObject({ messages: 2, missing: 0 });
  expect(Buffer.from(frame.lines).toString()).toBe(drainLine(plain) + agent);
});

test('vector 29: a length that is one short refuses the whole frame', () => {
  const body = framed(drainLine(plain), drainLine(plain));
  const length = Buffer.byteLength(drainLine(plain));
  const short = Buffer.from(body.toString().replace(`${length} `, `${length - 1} `));
  expect(readDrainFrame(short, 2)).toEqual({
    ok: false,
    error: `message 1 is not as long as it says (${length - 1} bytes)`,
  });
});

test('vector 29: fewer messages than announced are an alarm, the ones that came are kept', () => {
  expect(read(framed(drainLine(plain), drainLine(plain)), 3)).toMatchObject({ messages: 2, missing: 1 });
});

test('vector 29: the notice of a loss is a message of its own in front', () => {
  const frame = read(framed(lossLine, drainLine(plain)), 2);
  expect(Buffer.from(frame.lines).toString()).toBe(lossLine + drainLine(plain));
});

test('a line feed within a message begins no line', () => {
  const body = framed(`<134>1 2026-11-05T12:34:56Z host app web.1 - hello\n${drainLine(plain)}`);
  expect(Buffer.from(read(body, 1).lines).toString().match(/\n/g)).toHaveLength(1);
});

test.each([
  ['nothing but text', 'hello\n'],
  ['a length that is no number', 'abc <134>1 x\n'],
  ['a length beyond the end', '999 <134>1 x\n'],
  ['no length at all', ' <134>1 x\n'],
  ['a negative length', '-5 <134>1 x\n'],
  ['a length of zero', '0 \n'],
  ['digits without end', '9'.repeat(100_000)],
])('%s is refused', (_name, body) => {
  expect(readDrainFrame(Buffer.from(body), 1).ok).toBe(false);
});

test('a frame of many megabytes is refused unread', () => {
  expect(readDrainFrame(Buffer.alloc(2 * 1024 * 1024, 10), 1)).toMatchObject({ ok: false });
});

test('an empty body holds no message', () => {
  expect(read(Buffer.alloc(0), 0)).toMatchObject({ messages: 0, missing: 0 });
});
