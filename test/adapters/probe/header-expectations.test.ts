import { expect, test } from 'vitest';
import { httpsSide, probe, rawAnswer } from './side.js';

async function becauseOf(headers: Record<string, string | null>): Promise<string> {
  await using side = await httpsSide((_, response) => {
    response.setHeader('Strict-Transport-Security', 'max-age=63072000; includeSubDomains');
    response.setHeader('Set-Cookie', ['a=1; Secure', 'b=2; HttpOnly']);
    response.setHeader('X-Powered-By', 'Express');
    response.end();
  });
  return (await probe(side.port, { expect: { headers } })).because;
}

test.each([
  [{ 'strict-transport-security': 'max-age=63072000' }],
  [{ 'set-cookie': 'b=2' }],
  [{ 'x-powered-by': '' }],
  [{ 'x-frame-options': null, 'x-powered-by': 'Express' }],
])('%j is met', async (headers) => {
  expect(await becauseOf(headers)).toMatch(/^200 in \d+ ms$/);
});

test.each([
  [
    { 'strict-transport-security': 'preload' },
    'the header strict-transport-security is "max-age=63072000; includeSubDomains", expected "preload"',
  ],
  [{ 'x-frame-options': 'DENY' }, 'the header x-frame-options is missing, expected "DENY"'],
  [{ 'x-frame-options': '' }, 'the header x-frame-options is missing, expected one'],
  [{ 'x-powered-by': null }, 'the header x-powered-by is "Express", expected none'],
])('%j is a failure', async (headers, because) => {
  expect(await becauseOf(headers)).toBe(`200, but ${because}`);
});

test('a name is the same in any case', async () => {
  await using side = await rawAnswer(
    Buffer.from('HTTP/1.1 200 OK\r\nX-DEPLOYMENT: v\u009b2J42\r\ncontent-length: 0\r\n\r\n', 'latin1'),
  );
  const met = await probe(side.port, { expect: { headers: { 'x-deployment': '42' } } });
  expect(met).toMatchObject({ result: 'ok' });
});

test('what a header says cannot command the terminal', async () => {
  await using side = await rawAnswer(
    Buffer.from('HTTP/1.1 200 OK\r\nx-deployment: v\u009b2J41\r\ncontent-length: 0\r\n\r\n', 'latin1'),
  );
  const { because } = await probe(side.port, { expect: { headers: { 'x-deployment': 'v42' } } });
  expect(because).toMatch(/^200, but the header x-deployment is "v.*41", expected "v42"$/);
  expect(because).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
