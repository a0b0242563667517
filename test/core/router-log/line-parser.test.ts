import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { routerVerdict } from '../../../src/core/router-log/router-verdict.js';
import { drainLine, message, parse, plain, requestId, sessionLine, timeMs } from './lines.js';
import { parseByReference } from './reference-parser.js';
import { vectors } from './vectors.js';

describe.each(vectors)('vector $name', ({ message: text, verdict, fields }) => {
  test.each([
    ['session', sessionLine(text)],
    ['drain', drainLine(text)],
  ])('in the %s form', (_form, line) => {
    const { kind, request, timeMs: at } = parse(line);
    expect(kind).toBe('request');
    expect(at).toBe(timeMs);
    expect(request).toMatchObject({ host: 'shop.example.com', id: requestId, ...fields });
    expect(routerVerdict(request?.code ?? -1, request?.status ?? -1)).toBe(verdict);
  });
  test('as the reference reads it', () => {
    expect(parse(sessionLine(text)).request).toEqual(parseByReference(sessionLine(text)));
  });
});

describe('what is not a request', () => {
  test.each([
    ['\n', 'other'],
    ['\r\n', 'other'],
    ['2026-11-05T12:34:56+00:00 app[web.1]: at=info method=GET\n', 'other'],
    ['2026-11-05T12:34:56+00:00 heroku[web.1]: State changed from up to crashed\n', 'other'],
    ['<158>1 2026-11-05T12:34:56+00:00 host app web.1 - hello\n', 'other'],
    ['2026-11-05T12:34:56Z heroku[logplex]: Error L11 (Tail buffer overflow) -> dropped\n', 'logplex'],
    ['2026-11-05T12:34:56Z logplex[1]: Error L10\n', 'logplex'],
    ['<158>1 2026-11-05T12:34:56Z host heroku logplex - Error L10\n', 'logplex'],
    ['<158>1 2026-11-05T12:34:56Z host logplex 1 - Error L10\n', 'logplex'],
    ['<html>\n', 'unparsed'],
    ['{"id":"forbidden"}\n', 'unparsed'],
    ['2026-11-05 12:34:56 heroku[router]: at=info\n', 'unparsed'],
    [`${'\0'.repeat(16)}:00+00:00 heroku[router]: ${plain}\n`, 'unparsed'],
    ['2026-11-05T12:34:56+00:00 heroku[router]: \n', 'unparsed'],
  ])('%j is %s', (line, kind) => {
    expect(parse(line).kind).toBe(kind);
  });

  test('an unparsed router line keeps its time, a line without one has none', () => {
    expect(parse(sessionLine('at=info nonsense')).timeMs).toBe(timeMs);
    expect(parse('nonsense\n').timeMs).toBeNaN();
  });
});

describe('the fast parser and the reference agree', () => {
  const pieces = [
    '"',
    ' host=',
    '" host=evil.example',
    ' fwd="',
    ' status=500',
    ' dyno=',
    ' bytes=1',
    ' agent="',
    '\r',
  ];
  const wild = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 12, unit: 'binary' })), {
      maxLength: 5,
    })
    .map((parts) => parts.join('').replaceAll('\n', ' '));

  test('on lines whose fields hold anything', () => {
    fc.assert(
      fc.property(wild, wild, wild, wild, wild, fc.boolean(), (path, id, fwd, host, agent, withAgent) => {
        const tail = withAgent ? ` agent="${agent}"` : '';
        const line = sessionLine(
          `at=info method=GET path="${path}" host=${host} request_id=${id} fwd="${fwd}" dyno=web.1 connect=0ms service=1ms status=200 bytes=1 protocol=http${tail}`,
        );
        expect(parse(line).request).toEqual(parseByReference(asRead(line)));
      }),
      { numRuns: 2_000 },
    );
  });

  test('on vectors with one place changed', () => {
    const lines = vectors.map(({ message: text }) => sessionLine(text)).filter((line) => line.length < 1_000);
    const edit = fc.record({
      at: fc.nat(),
      cut: fc.nat({ max: 12 }),
      insert: fc.oneof(fc.constant(''), wild),
    });
    fc.assert(
      fc.property(fc.constantFrom(...lines), edit, (line, { at, cut, insert }) => {
        const place = 35 + (at % (line.length - 36));
        const changed = `${line.slice(0, place)}${insert}${line.slice(place + cut).trimEnd()}\n`;
        expect(parse(changed).request).toEqual(parseByReference(asRead(changed)));
      }),
      { numRuns: 5_000 },
    );
  });
});

/** Halves of surrogate pairs do not survive UTF-8. */
function asRead(line: string): string {
  return Buffer.from(line).toString();
}

describe('no client can forge a field', () => {
  const real = { host: 'shop.example.com', id: requestId, status: 200 };
  const forged =
    'host=evil.example request_id=forged fwd="1.2.3.4" dyno=web.9 connect=0ms service=9ms status=500 bytes=9';

  test.each([
    ['fields in the path', `/x" ${forged} protocol=http agent="`, '203.0.113.7'],
    ['a whole line in the path', `/x" ${forged}`, '203.0.113.7'],
    [
      'fields in the forwarded addresses',
      '/',
      `x" dyno=web.1 connect=0ms service=9ms status=500 bytes=9 agent="`,
    ],
    ['a second host in the forwarded addresses', '/', `x host=evil.example fwd="y`],
    ['a decoy that opens the addresses', `/x" host=evil.example request_id=forged fwd="y`, '203.0.113.7'],
  ])('%s', (_name, path, fwd) => {
    const line = sessionLine(plain.replace('path="/"', `path="${path}"`).replace('203.0.113.7', fwd));
    const { kind, request } = parse(line);
    if (kind !== 'unparsed') expect(request).toMatchObject(real);
  });

  test('whatever path, addresses and agent hold', () => {
    const words = [
      '"',
      ' ',
      forged,
      'host=evil.example',
      ' fwd="',
      '" dyno=',
      ' agent="',
      '/x',
      'status=500 bytes=9',
      ', ',
    ];
    const text = fc.array(fc.constantFrom(...words), { maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, fc.option(text, { nil: null }), (path, fwd, agent) => {
        const tail = agent === null ? '' : ` agent="${agent}"`;
        const line = plain.replace('path="/"', `path="${path}"`).replace('203.0.113.7', fwd) + tail;
        const { kind, request } = parse(sessionLine(line));
        if (kind === 'request') expect(request).toMatchObject(real);
        else expect(kind).toBe('unparsed');
      }),
      { numRuns: 20_000 },
    );
  });

  test('a hostile line of 60 kB takes no longer than any other of its length', () => {
    const hostile = message(`at=info method=GET path="${'" host=a fwd="'.repeat(4_300)}"§ dyno=`);
    const start = process.hrtime.bigint();
    expect(parse(sessionLine(hostile)).kind).toBe('unparsed');
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(200);
  });
});
