import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventStream } from '../../../src/adapters/heroku-logs/event-stream.js';

function read(stream: EventStream, text: string): string {
  return Buffer.from(stream.push(Buffer.from(text))).toString();
}

test('the data of every event is one line', () => {
  const stream = new EventStream();
  expect(read(stream, 'id: 7\nevent: log\ndata: one\n\ndata:two\r\nid:8\r\n\r\n')).toBe('one\ntwo\n');
  expect(stream.lastEventId).toBe('8');
});

test('an event counts when it is complete, its id too', () => {
  const stream = new EventStream();
  expect(read(stream, 'id: 7\ndata: one\n\nid: 8\ndata: two\n')).toBe('one\n');
  expect(stream.lastEventId).toBe('7');
  expect(read(stream, '\n')).toBe('two\n');
  expect(stream.lastEventId).toBe('8');
});

test('comments, retry and unknown fields are no lines', () => {
  expect(read(new EventStream(), ': hello\n\nretry: 5\n\nfoo: bar\ndatax: 1\ndata\n\n: \ndata: x\n\n')).toBe(
    '\nx\n',
  );
});

test('data of several lines stays one line, so that a line feed in a path begins none', () => {
  expect(
    read(new EventStream(), 'data: path="/x\ndata: 2026-11-05T12:34:56Z heroku[router]: at=error\n\n'),
  ).toBe('path="/x 2026-11-05T12:34:56Z heroku[router]: at=error\n');
});

test('chunks may be cut anywhere, within characters and line ends too', () => {
  const text = 'id: 1\r\ndata: é 語 🦊\r\n\r\n: ping\n\nid: 2\ndata: two\n\n';
  const whole = read(new EventStream(), text);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
      const stream = new EventStream();
      const bytes = Buffer.from(text);
      const parts: Uint8Array[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length]!;
        parts.push(stream.push(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(Buffer.concat(parts).toString()).toBe(whole);
      expect(stream.lastEventId).toBe('2');
    }),
  );
  expect(whole).toBe('é 語 🦊\ntwo\n');
});

test('an id that fits into no header is none', () => {
  for (const id of ['a b', 'a\0b', 'é', 'x'.repeat(201), '']) {
    const stream = new EventStream();
    read(stream, `id: ${id}\ndata: x\n\n`);
    expect(stream.lastEventId).toBeNull();
  }
});

test('an event without end costs no memory and is said to be too long', () => {
  const stream = new EventStream();
  let out = read(stream, 'data: ');
  for (let sent = 0; sent < 100; sent += 1) out += read(stream, 'a'.repeat(50_000));
  out += read(stream, '\n\ndata: next\n\n');
  expect(out).toBe('(event too long)\nnext\n');
  for (let sent = 0; sent < 300_000; sent += 1000) out = read(stream, 'data: xyz\n'.repeat(1000));
  expect(read(stream, '\n').length).toBeLessThan(70_000);
});
