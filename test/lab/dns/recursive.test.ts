import { expect, test } from 'vitest';
import { startRecursive } from '../../../src/lab/dns/recursive.js';
import { seededRandom } from '../../../src/lab/random.js';
import { privateAddress } from '../loopback.js';
import { askTcp, askUdp, query } from './wire.js';
import { alias, plain, SOA, sourceOf, zoneOf } from './zones.js';

const zones = sourceOf(() => [
  zoneOf('example.test.', [
    SOA,
    plain('example.test.', 'NS', 172_800, 'ns-1.awsdns-01.com.'),
    plain('www.example.test.', 'CNAME', 2, 'quiet-1.herokudns.com.'),
    plain('far.example.test.', 'CNAME', 2, 'back.herokudns.com.'),
    plain('gone.example.test.', 'CNAME', 2, 'no-such.herokudns.com.'),
    plain('away.example.test.', 'CNAME', 2, 'www.example.org.'),
    plain('loop.example.test.', 'CNAME', 2, 'loop.herokudns.com.'),
    plain('child.example.test.', 'NS', 60, 'ns.example.org.'),
    alias('lb.example.test.', 'A', 'my-alb-1.eu-west-1.elb.amazonaws.com.'),
  ]),
  zoneOf('herokudns.com.', [
    { ...SOA, name: 'herokudns.com.' },
    plain('quiet-1.herokudns.com.', 'A', 30, '127.1.0.1'),
    plain('back.herokudns.com.', 'CNAME', 2, 'www.example.test.'),
    plain('loop.herokudns.com.', 'CNAME', 2, 'loop.example.test.'),
  ]),
  zoneOf('eu-west-1.elb.amazonaws.com.', [
    plain('my-alb-1.eu-west-1.elb.amazonaws.com.', 'A', 60, '127.1.0.2'),
  ]),
]);

test('a recursive resolver follows chains across zones to their end', async () => {
  await using resolver = await startRecursive({
    zones,
    host: privateAddress(),
    port: 0,
    random: seededRandom('1'),
  });
  const ask = (name: string, type = 'A'): ReturnType<typeof askUdp> =>
    askUdp(resolver, query(name, type, { flags: 0x0100 }));

  const chain = await ask('WWW.example.test');
  expect(chain).toMatchObject({ rcode: 'NOERROR', flag_ra: true, flag_aa: false });
  expect(chain.answers).toMatchObject([
    { name: 'WWW.example.test', type: 'CNAME', ttl: 2 },
    { name: 'quiet-1.herokudns.com', type: 'A', ttl: 30, data: '127.1.0.1' },
  ]);
  expect((await ask('far.example.test')).answers).toHaveLength(4);
  expect((await ask('www.example.test', 'CNAME')).answers).toHaveLength(1);
  expect(await ask('example.test', 'NS')).toMatchObject({ answers: [{ data: 'ns-1.awsdns-01.com' }] });
  expect(await ask('lb.example.test')).toMatchObject({ answers: [{ data: '127.1.0.2' }] });

  const nodata = await ask('www.example.test', 'AAAA');
  expect(nodata).toMatchObject({ rcode: 'NOERROR', answers: [{ type: 'CNAME' }] });
  expect(nodata.authorities).toMatchObject([{ type: 'SOA', name: 'herokudns.com' }]);

  const gone = await ask('gone.example.test');
  expect(gone).toMatchObject({
    rcode: 'NXDOMAIN',
    answers: [{ type: 'CNAME' }],
    authorities: [{ type: 'SOA' }],
  });
  expect(await ask('nope.example.test')).toMatchObject({ rcode: 'NXDOMAIN' });

  for (const name of [
    'away.example.test',
    'loop.example.test',
    'www.child.example.test',
    'www.example.org',
  ]) {
    expect(await ask(name), name).toMatchObject({ rcode: 'SERVFAIL', answers: [] });
  }
  const [overTcp] = await askTcp(resolver, [query('www.example.test', 'A')]);
  expect(overTcp?.answers).toHaveLength(2);
});
