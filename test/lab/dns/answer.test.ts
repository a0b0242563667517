import { describe, expect, test } from 'vitest';
import { answerQuestion } from '../../../src/lab/dns/answer.js';
import type { Reply } from '../../../src/lab/dns/reply.js';
import { seededRandom } from '../../../src/lab/random.js';
import type { LabRecord } from '../../../src/lab/zone/record.js';
import { alias, member, plain, SOA, sourceOf, zoneOf } from './zones.js';

const elb = zoneOf('eu-west-1.elb.amazonaws.com.', [
  plain('my-alb-1.eu-west-1.elb.amazonaws.com.', 'A', 300, '127.1.0.1', '127.1.0.2'),
  plain('my-alb-1.eu-west-1.elb.amazonaws.com.', 'AAAA', 300, '::1'),
]);

function ask(
  records: readonly LabRecord[],
  name: string,
  type: string,
  random: () => number = () => 0,
): Reply {
  const zones = sourceOf(() => [zoneOf('example.test.', [SOA, ...records]), elb]);
  return answerQuestion((each) => zones.zoneFor(0, each), { name, type }, random);
}

function data(reply: Reply): unknown[] {
  return reply.answers.map((record) => ('data' in record ? record.data : undefined));
}

describe('weighted members', () => {
  const pair = (source: number, target: number): LabRecord[] => [
    member('shift-source', source, 'a.herokudns.com'),
    member('shift-target', target, 'b.elb.test'),
  ];

  test.each([1, 10, 25, 50, 100])(
    'draw exactly one member per query, the target in proportion to its weight (%i of 100)',
    (share) => {
      const random = seededRandom(String(share));
      const draws = 5_000;
      let target = 0;
      for (let i = 0; i < draws; i += 1) {
        const reply = ask(pair(100 - share, share), 'www.example.test', 'CNAME', random);
        expect(reply.answers).toHaveLength(1);
        if (data(reply)[0] === 'b.elb.test') target += 1;
      }
      const p = share / 100;
      expect(Math.abs(target - draws * p)).toBeLessThanOrEqual(4 * Math.sqrt(draws * p * (1 - p)));
    },
  );

  test('of weight 0 are never drawn beside a positive one, whatever number is drawn', () => {
    for (const number of [0, 0.5, 1 - 2 ** -53]) {
      expect(data(ask(pair(0, 255), 'www.example.test', 'CNAME', () => number))).toEqual(['b.elb.test']);
      expect(data(ask(pair(255, 0), 'www.example.test', 'CNAME', () => number))).toEqual(['a.herokudns.com']);
    }
  });

  test('that are all 0 are equally likely', () => {
    const random = seededRandom('7');
    const answers = Array.from(
      { length: 4_000 },
      () => data(ask(pair(0, 0), 'www.example.test', 'A', random))[0],
    );
    expect(Math.abs(answers.filter((each) => each === 'b.elb.test').length - 2_000)).toBeLessThan(
      4 * Math.sqrt(1_000),
    );
  });

  test('of other routing policies are never answered', () => {
    const latency: LabRecord = {
      ...plain('www.example.test.', 'A', 60, '192.0.2.1'),
      otherRouting: { field: 'Region', value: 'x' },
    };
    expect(ask([latency], 'www.example.test', 'A')).toMatchObject({ rcode: 'NOERROR', answers: [] });
  });
});

describe('CNAME', () => {
  const records = [
    plain('www.example.test.', 'CNAME', 5, 'Middle.Example.test.'),
    plain('middle.example.test.', 'CNAME', 6, 'end.example.test'),
    plain('end.example.test.', 'A', 7, '192.0.2.1', '192.0.2.2'),
    plain('out.example.test.', 'CNAME', 5, 'my-alb-1.eu-west-1.elb.amazonaws.com'),
    plain('gone.example.test.', 'CNAME', 5, 'missing.example.test'),
    plain('bare.example.test.', 'CNAME', 5, 'text.example.test'),
    plain('text.example.test.', 'TXT', 5, '"x"'),
    plain('loop.example.test.', 'CNAME', 5, 'pool.example.test'),
    plain('pool.example.test.', 'CNAME', 5, 'loop.example.test'),
  ];

  test('is followed inside the zone, each record with its own TTL', () => {
    const reply = ask(records, 'WWW.example.test', 'A');
    expect(reply).toMatchObject({ rcode: 'NOERROR', authoritative: true });
    expect(reply.answers).toEqual([
      { name: 'WWW.example.test', type: 'CNAME', ttl: 5, data: 'Middle.Example.test' },
      { name: 'Middle.Example.test', type: 'CNAME', ttl: 6, data: 'end.example.test' },
      { name: 'end.example.test', type: 'A', ttl: 7, data: '192.0.2.1' },
      { name: 'end.example.test', type: 'A', ttl: 7, data: '192.0.2.2' },
    ]);
  });

  test('is not followed into another hosted zone', () => {
    const reply = ask(records, 'out.example.test', 'A');
    expect(reply).toMatchObject({ rcode: 'NOERROR', authorities: [] });
    expect(data(reply)).toEqual(['my-alb-1.eu-west-1.elb.amazonaws.com']);
  });

  test('is not followed when it is what was asked', () => {
    expect(data(ask(records, 'www.example.test', 'CNAME'))).toEqual(['Middle.Example.test']);
  });

  test('to nothing is NXDOMAIN, to another type NODATA, both with the SOA', () => {
    expect(ask(records, 'gone.example.test', 'A')).toMatchObject({
      rcode: 'NXDOMAIN',
      authorities: [{ type: 'SOA' }],
    });
    const nodata = ask(records, 'bare.example.test', 'A');
    expect(nodata).toMatchObject({ rcode: 'NOERROR', authorities: [{ type: 'SOA' }] });
    expect(data(nodata)).toEqual(['text.example.test']);
  });

  test('in a circle ends', () => {
    expect(data(ask(records, 'loop.example.test', 'A'))).toEqual(['pool.example.test', 'loop.example.test']);
  });
});

describe('alias', () => {
  const records = [
    alias('www.example.test.', 'A', 'my-alb-1.eu-west-1.elb.amazonaws.com.'),
    alias('short.example.test.', 'A', 'host.example.test.'),
    plain('host.example.test.', 'A', 33, '192.0.2.9'),
    alias('tree.example.test.', 'CNAME', 'www2.example.test.'),
    plain('www2.example.test.', 'CNAME', 4, 'a.herokudns.com'),
    alias('lost.example.test.', 'A', 'nowhere.example.org.'),
    alias('self.example.test.', 'A', 'self.example.test.'),
  ];

  test('to a load balancer answers all its addresses under the own name with TTL 60', () => {
    expect(ask(records, 'wwW.example.test', 'A').answers).toEqual([
      { name: 'wwW.example.test', type: 'A', ttl: 60, data: '127.1.0.1' },
      { name: 'wwW.example.test', type: 'A', ttl: 60, data: '127.1.0.2' },
    ]);
  });

  test('answers its own type only', () => {
    expect(ask(records, 'www.example.test', 'AAAA')).toMatchObject({ rcode: 'NOERROR', answers: [] });
  });

  test('within the zone takes the TTL of its target, for CNAME too', () => {
    expect(ask(records, 'short.example.test', 'A').answers).toMatchObject([{ ttl: 33, data: '192.0.2.9' }]);
    expect(ask(records, 'tree.example.test', 'A').answers).toEqual([
      { name: 'tree.example.test', type: 'CNAME', ttl: 4, data: 'a.herokudns.com' },
    ]);
  });

  test.each(['lost.example.test', 'self.example.test'])('that leads nowhere is NODATA (%s)', (name) => {
    expect(ask(records, name, 'A')).toMatchObject({
      rcode: 'NOERROR',
      answers: [],
      authorities: [{ type: 'SOA' }],
    });
  });
});

describe('names that do not exist', () => {
  const records = [
    plain('\\052.example.test.', 'A', 60, '192.0.2.7'),
    plain('a.deep.example.test.', 'A', 60, '192.0.2.8'),
  ];

  test('are NXDOMAIN with the SOA at the lesser of its TTL and its minimum', () => {
    const reply = ask([], 'nope.example.test', 'A');
    expect(reply).toMatchObject({ rcode: 'NXDOMAIN', authoritative: true, answers: [] });
    expect(reply.authorities).toMatchObject([
      { name: 'example.test', type: 'SOA', ttl: 900, data: { minimum: 86_400 } },
    ]);
  });

  test('are answered by a wildcard, under the name that was asked', () => {
    expect(ask(records, 'X.y.example.test', 'A').answers).toEqual([
      { name: 'X.y.example.test', type: 'A', ttl: 60, data: '192.0.2.7' },
    ]);
    expect(ask(records, '*.example.test', 'A').answers).toMatchObject([{ name: '*.example.test' }]);
    expect(ask(records, 'x.example.test', 'TXT')).toMatchObject({ rcode: 'NOERROR', answers: [] });
  });

  test('are not answered by a wildcard above an existing ancestor', () => {
    expect(ask(records, 'b.deep.example.test', 'A').rcode).toBe('NXDOMAIN');
  });

  test('but have names below them are NODATA, wildcard or not', () => {
    expect(ask(records, 'deep.example.test', 'A')).toMatchObject({
      rcode: 'NOERROR',
      answers: [],
      authorities: [{ type: 'SOA' }],
    });
  });

  test('outside every zone are REFUSED', () => {
    expect(ask([], 'www.example.org', 'A')).toMatchObject({ rcode: 'REFUSED', authoritative: false });
    expect(ask([], 'www.notexample.test', 'A').rcode).toBe('REFUSED');
  });
});

test('ANY answers one draw of every type', () => {
  const records = [
    plain('both.example.test.', 'A', 60, '192.0.2.1'),
    plain('both.example.test.', 'TXT', 60, '"x"'),
  ];
  expect(ask(records, 'both.example.test', 'ANY').answers.map(({ type }) => type)).toEqual(['A', 'TXT']);
});

test('a delegated child zone is referred to, with glue', () => {
  const records = [
    plain('child.example.test.', 'NS', 172_800, 'ns1.child.example.test', 'ns.example.org'),
    plain('ns1.child.example.test.', 'A', 60, '192.0.2.53'),
  ];
  const reply = ask(records, 'www.child.example.test', 'A');
  expect(reply).toMatchObject({ rcode: 'NOERROR', authoritative: false, answers: [] });
  expect(reply.authorities).toMatchObject([
    { type: 'NS', name: 'child.example.test' },
    { data: 'ns.example.org' },
  ]);
  expect(reply.additionals).toEqual([
    { name: 'ns1.child.example.test', type: 'A', ttl: 60, data: '192.0.2.53' },
  ]);
});
