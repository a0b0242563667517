import { expect, test } from 'vitest';
import { SeenLines } from '../../../src/core/router-log/seen-lines.js';

const text = Buffer.alloc(64);
const view = new DataView(text.buffer, text.byteOffset, text.byteLength);

function add(seen: SeenLines, id: string, timeMs = 0): boolean {
  text.write(id);
  return seen.add(timeMs, 0, id.length);
}

test('an id is new once, and again at another time', () => {
  const seen = new SeenLines(view, 64, 7);
  expect(add(seen, 'a', 1)).toBe(false);
  expect(add(seen, 'a', 1)).toBe(true);
  expect(add(seen, 'a', 2)).toBe(false);
  expect(add(seen, 'b', 1)).toBe(false);
});

test('at least as many lines as the capacity are remembered, and no two are confused', () => {
  const capacity = 1024;
  const seen = new SeenLines(view, capacity, 7);
  for (let line = 0; line < 50 * capacity; line += 1) {
    expect(add(seen, `8f0e6a52-7c1d-4b55-${line}`)).toBe(false);
    if (line >= capacity && line % 97 === 0)
      expect(add(seen, `8f0e6a52-7c1d-4b55-${line - capacity + 1}`)).toBe(true);
  }
  expect(add(seen, '8f0e6a52-7c1d-4b55-0')).toBe(false);
});
