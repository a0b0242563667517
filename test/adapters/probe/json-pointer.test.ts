import { expect, test } from 'vitest';
import { atPointer } from '../../../src/adapters/probe/json-pointer.js';

/** The document of RFC 6901, section 5. */
const document: unknown = JSON.parse(
  '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8}',
);

test.each([
  ['', document],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  ['/i\\j', 5],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
])('%j leads to the value of the RFC', (pointer, value) => {
  expect(atPointer(document, pointer)).toEqual(value);
});

test.each([
  'foo',
  '/nothing',
  '/foo/2',
  '/foo/-',
  '/foo/01',
  '/foo/length',
  '/foo/0/x',
  '/toString',
  '/m~01n',
])('%j leads nowhere', (pointer) => {
  expect(atPointer(document, pointer)).toBeUndefined();
});
