import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventLine } from '../../../src/cli/render/event-line.js';
import { statusView } from '../../../src/cli/render/status-view.js';
import { whyDetails } from '../../../src/cli/render/why-view.js';
import type { Status } from '../../../src/core/status.js';
import { plus } from '../../../src/core/time.js';
import { builtInPolicy, hostPlan, isObserving, Journey, type World } from './journey.js';
import { editorWidth } from './text-width.js';

const sick: World = { target: { result: 'failed', because: '503, expected 200' } };
const noRoute: World = { source: { result: 'unknown', because: 'no route from this computer' } };

/** The frame 0.4 s after the latest tick, 80 columns wide, without colour. */
function frame(journey: Journey, options: { columns?: number; footer?: readonly string[] } = {}): string {
  const now = plus(journey.now, 400);
  return `\n${statusView(journey.status(), { columns: 80, hasColor: false, now, ...options }).join('\n')}\n`;
}

function at25(): Journey {
  return new Journey().until(isObserving(25));
}

/** Someone deletes the target's member by hand. */
function halted(): Journey {
  const journey = at25();
  const image = journey.state.image.map((host) => ({ ...host, records: host.records.slice(0, 1) }));
  return journey.tick({ zone: { status: 'image', image } });
}

function rolledBack(): Journey {
  return at25().until(({ phase }) => phase.phase === 'rolled-back', sick);
}

test('planned', () => {
  expect(frame(new Journey())).toMatchInlineSnapshot(`
    "
    LAB        everything runs on this computer; nothing is real
    host       www.shop.test
    from       heroku:shop
    to         aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com
    policy     lab, zone Z0PLUMTREE, id www-shop-test-7c1f0a

    phase      ◷ planned, for 0s
    because    confirmed; the take-over comes next and moves no traffic
    next       the take-over, with the next tick

    stages     ├─ ○ to come     10%   dwell 6s
               ├─ ○ to come     25%   dwell 6s
               ├─ ○ to come     50%   dwell 6s
               └─ ○ to come    100%   dwell 10s

    set          0%  ░░░░░░░░░░░░░░░░░░░░  generation 0
    measured   nobody has looked yet
    source     ? unknown    no probe says anything yet
    target     ? unknown    no probe says anything yet

    roll back  shiftctl rollback www.shop.test
    "
  `);
});

test('settling', () => {
  expect(
    frame(
      new Journey()
        .until(isObserving(10))
        .until(({ share }) => share === 25)
        .tick(),
    ),
  ).toMatchInlineSnapshot(`
    "
    LAB        everything runs on this computer; nothing is real
    host       www.shop.test
    from       heroku:shop
    to         aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com
    policy     lab, zone Z0PLUMTREE, id www-shop-test-7c1f0a

    phase      ◌ settling, for 1s
    because    waiting for Route 53 to report INSYNC
    next       cached answers must expire once every name server shows the change

    stages     ├─ ✔ done        10%   dwell 6s
               ├─ ● current     25%   dwell 6s
               ├─ ○ to come     50%   dwell 6s
               └─ ○ to come    100%   dwell 10s

    set         25%  █████░░░░░░░░░░░░░░░  generation 3
    measured    26%  █████░░░░░░░░░░░░░░░  100 answers, 0s ago
    to target  ns-7 7/25, ns-519 6/25, ns-1033 5/25, ns-1540 8/25
    source     ✔ passing    6 ok
    target     ✔ passing    6 ok

    roll back  shiftctl rollback www.shop.test
    "
  `);
});

test('settling, every name server agrees', () => {
  const journey = new Journey().until(isObserving(10)).until(({ share }) => share === 25);
  expect(frame(journey.tick().tick())).toMatchInlineSnapshot(`
    "
    LAB        everything runs on this computer; nothing is real
    host       www.shop.test
    from       heroku:shop
    to         aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com
    policy     lab, zone Z0PLUMTREE, id www-shop-test-7c1f0a

    phase      ◌ settling, for 2s
    because    every name server has it; waiting for cached answers to expire
    next       observe in 3s

    stages     ├─ ✔ done        10%   dwell 6s
               ├─ ● current     25%   dwell 6s
               ├─ ○ to come     50%   dwell 6s
               └─ ○ to come    100%   dwell 10s

    set         25%  █████░░░░░░░░░░░░░░░  generation 3
    measured    26%  █████░░░░░░░░░░░░░░░  100 answers, 0s ago
    to target  ns-7 7/25, ns-519 6/25, ns-1033 5/25, ns-1540 8/25
    source     ✔ passing    6 ok
    target     ✔ passing    6 ok

    roll back  shiftctl rollback www.shop.test
    "
  `);
});

test('observing 25%, in the middle of its dwell, with what happened last', () => {
  const journey = at25().tick().tick().tick();
  const events = journey.events.map(eventLine).filter((line) => line !== null);
  const users = 'users      26% reach the target (last 3 s: source 442, target 155 requests, 1 failed)';
  expect(frame(journey, { footer: [users, '', ...events.slice(-4)] })).toMatchInlineSnapshot(`
    "
    LAB        everything runs on this computer; nothing is real
    host       www.shop.test
    from       heroku:shop
    to         aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com
    policy     lab, zone Z0PLUMTREE, id www-shop-test-7c1f0a

    phase      ● observing, for 3s
    because    dwell: this stage is observed for 6s
    gate       ◷ hold
    next       50% in 3s, at the earliest

    stages     ├─ ✔ done        10%   dwell 6s
               ├─ ● current     25%   dwell 6s, 3s left
               ├─ ○ to come     50%   dwell 6s
               └─ ○ to come    100%   dwell 10s

    set         25%  █████░░░░░░░░░░░░░░░  generation 3
    measured    26%  █████░░░░░░░░░░░░░░░  100 answers, 0s ago
    to target  ns-7 7/25, ns-519 6/25, ns-1033 5/25, ns-1540 8/25
    source     ✔ passing    6 ok
    target     ✔ passing    6 ok

    users      26% reach the target (last 3 s: source 442, target 155 requests, 1
               failed)

    2026-11-20 18:42:24 ✔ agreed: every name server shows the change
    2026-11-20 18:42:24 ✔ INSYNC: Route 53 reports the change on all its servers
    2026-11-20 18:42:27 ✔ settled: cached answers have expired, the stage is observ…
    2026-11-20 18:42:27 ◷ held: dwell: this stage is observed for 6s

    roll back  shiftctl rollback www.shop.test
    "
  `);
});

test('the target begins to fail', () => {
  expect(frame(at25().tick().tick().tick(sick))).toMatchInlineSnapshot(`
    "
    LAB        everything runs on this computer; nothing is real
    host       www.shop.test
    from       heroku:shop
    to         aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com
    policy     lab, zone Z0PLUMTREE, id www-shop-test-7c1f0a

    phase      ● observing, for 3s
    because    dwell: this stage is observed for 6s
    gate       ◷ hold
    next       50% in 3s, at the earliest

    stages     ├─ ✔ done        10%   dwell 6s
               ├─ ● current     25%   dwell 6s, 3s left
               ├─ ○ to come     50%   dwell 6s
               └─ ○ to come    100%   dwell 10s

    set         25%  █████░░░░░░░░░░░░░░░  generation 3
    measured    26%  █████░░░░░░░░░░░░░░░  100 answers, 0s ago
    to target  ns-7 7/25, ns-519 6/25, ns-1033 5/25, ns-1540 8/25
    source     ✔ passing    6 ok
    target     ✔ passing    4 ok, 2 failed
               last failure: 503, expected 200

    roll back  shiftctl rollback www.shop.test
    "
  `);
});

test('paused', () => {
  const journey = at25();
  journey.add({ type: 'paused', at: journey.now, by: 'bob', because: 'deploy freeze until Monday' });
  expect(frame(journey.tick())).toMatchInlineSnapshot(`
    "
    LAB        everything runs on this computer; nothing is real
    host       www.shop.test
    from       heroku:shop
    to         aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com
    policy     lab, zone Z0PLUMTREE, id www-shop-test-7c1f0a

    phase      ● observing, for 1s
               ‖ paused by bob for 1s: deploy freeze until Monday
    because    dwell: this stage is observed for 6s
    gate       ◷ hold
    next       nothing before somebody resumes it; the guard keeps watching

    stages     ├─ ✔ done        10%   dwell 6s
               ├─ ● current     25%   dwell 6s
               ├─ ○ to come     50%   dwell 6s
               └─ ○ to come    100%   dwell 10s

    set         25%  █████░░░░░░░░░░░░░░░  generation 3
    measured    26%  █████░░░░░░░░░░░░░░░  100 answers, 0s ago
    to target  ns-7 7/25, ns-519 6/25, ns-1033 5/25, ns-1540 8/25
    source     ✔ passing    6 ok
    target     ✔ passing    6 ok

    go on      shiftctl resume www.shop.test
    roll back  shiftctl rollback www.shop.test
    "
  `);
});

test('waiting for a person', () => {
  expect(frame(at25().until(({ phase }) => phase.phase === 'waiting', noRoute))).toMatchInlineSnapshot(`
    "
    LAB        everything runs on this computer; nothing is real
    host       www.shop.test
    from       heroku:shop
    to         aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com
    policy     lab, zone Z0PLUMTREE, id www-shop-test-7c1f0a

    phase      ◷ waiting for a person, for 0s
    because    held for 36s and still not ready: too few source probes to judge (0
               of 6 failed, 6 unknown)
    gate       ⚠ ask
    next       nothing before a person decides; the guard keeps watching

    stages     ├─ ✔ done        10%   dwell 6s
               ├─ ● current     25%   dwell 6s
               ├─ ○ to come     50%   dwell 6s
               └─ ○ to come    100%   dwell 10s

    set         25%  █████░░░░░░░░░░░░░░░  generation 3
    measured    26%  █████░░░░░░░░░░░░░░░  100 answers, 0s ago
    to target  ns-7 7/25, ns-519 6/25, ns-1033 5/25, ns-1540 8/25
    source     ? unknown    no probe says anything yet
    target     ✔ passing    6 ok

    wait more  shiftctl resume www.shop.test
    go on      shiftctl approve www.shop.test --stage 50 --reason "<why>"
    roll back  shiftctl rollback www.shop.test
    "
  `);
});

test('waiting, although the gate would go on by now', () => {
  const journey = at25().until(({ phase }) => phase.phase === 'waiting', noRoute);
  for (let ticks = 0; ticks < 4; ticks += 1) journey.tick();
  expect(frame(journey)).toMatch(/gate {7}✔ promote: .+ pass their probes/);
});

test('every number behind a halt begins with what differs in the zone', () => {
  const journey = halted();
  const [head, difference, legend] = whyDetails(journey.status(), journey.now);
  expect(head).toBe(
    'halted at 25%: somebody changed the zone: the target member of www.shop.test was deleted',
  );
  expect(difference).toMatch(/^ {2}www\.shop\.test: - CNAME shift-target weight 25 -> /);
  expect(legend).toContain('- is missing there, + stands there instead');
});

test('halted by drift', () => {
  expect(frame(halted())).toMatchInlineSnapshot(`
    "
    LAB        everything runs on this computer; nothing is real
    host       www.shop.test
    from       heroku:shop
    to         aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com
    policy     lab, zone Z0PLUMTREE, id www-shop-test-7c1f0a

    phase      ✖ halted, 2026-11-20 18:42:28
    because    somebody changed the zone: the target member of www.shop.test was
               deleted
    next       nothing by itself

    differs    www.shop.test: - CNAME shift-target weight 25 ->
               shop-alb-1234567890.eu-west-1.elb.amazonaws.com. (ttl 2s)
               - is missing there, + stands there instead

    stages     ├─ ✔ done        10%   dwell 6s
               ├─ ● current     25%   dwell 6s
               ├─ ○ to come     50%   dwell 6s
               └─ ○ to come    100%   dwell 10s

    set         25%  █████░░░░░░░░░░░░░░░  generation 3
    measured    26%  █████░░░░░░░░░░░░░░░  100 answers, 0s ago
    to target  ns-7 7/25, ns-519 6/25, ns-1033 5/25, ns-1540 8/25
    source     ✔ passing    6 ok
    target     ✔ passing    6 ok

    look back  shiftctl history www.shop.test
    go on      shiftctl adopt www.shop.test
    undo it    shiftctl repair www.shop.test
    restore    shiftctl restore www.shop.test
    roll back  shiftctl rollback www.shop.test
    "
  `);
});

test('halted while paused: nothing waits for a resume', () => {
  const journey = at25();
  journey.add({ type: 'paused', at: journey.now, by: 'bob', because: 'lunch' });
  const image = journey.state.image.map((host) => ({ ...host, records: host.records.slice(0, 1) }));
  const text = frame(journey.tick({ zone: { status: 'image', image } }));
  expect(text).toContain('paused by bob');
  expect(text).toContain('next       nothing by itself\n');
  expect(text).not.toContain('resume');
});

test('rolled back', () => {
  expect(frame(rolledBack())).toMatchInlineSnapshot(`
    "
    LAB        everything runs on this computer; nothing is real
    host       www.shop.test
    from       heroku:shop
    to         aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com
    policy     lab, zone Z0PLUMTREE, id www-shop-test-7c1f0a

    phase      ↺ rolled back, 2026-11-20 18:42:31
    because    www.shop.test: the target fails its probes (4 of 6 failed; last: 503,
               expected 200) and the source does not (0 of 6 failed)
    next       once its reason is gone, begin anew as before: shiftctl start

    stages     ├─ ↺ reached     10%   dwell 6s
               ├─ ↺ reached     25%   dwell 6s
               ├─ ✖ abandoned   50%   dwell 6s
               └─ ✖ abandoned  100%   dwell 10s

    set          0%  ░░░░░░░░░░░░░░░░░░░░  generation 4
    measured     0%  ░░░░░░░░░░░░░░░░░░░░  100 answers, 0s ago
    to target  ns-7 0/25, ns-519 0/25, ns-1033 0/25, ns-1540 0/25
    source     ✔ passing    6 ok
    target     ✖ failing    0 ok, 6 failed
               last failure: 503, expected 200

    rollback   requested 2026-11-20 18:42:29
               accepted  +0.3s    Route 53 took the change
               INSYNC    +2.0s    all servers of Route 53 have it
               clean     +2.0s    no name server hands out the target
               tail      +5.0s    then caches that keep to the TTL forget it

    look back  shiftctl history www.shop.test
    restore    shiftctl restore www.shop.test
    "
  `);
});

test('a rollback is followed until caches have forgotten the target', () => {
  const journey = rolledBack();
  const later = { columns: 80, hasColor: false, now: plus(journey.now, 10_000) };
  expect(statusView(journey.status(), later).join('\n')).toContain(
    'caches that keep to the TTL forgot the target',
  );
});

test('completed', () => {
  expect(frame(new Journey().until(({ phase }) => phase.phase === 'completed'))).toMatchInlineSnapshot(`
    "
    LAB        everything runs on this computer; nothing is real
    host       www.shop.test
    from       heroku:shop
    to         aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com
    policy     lab, zone Z0PLUMTREE, id www-shop-test-7c1f0a

    phase      ✔ completed, 2026-11-20 18:43:04
    because    the host points at the target with a plain record
    next       keep the source; from 2026-11-27 18:43:04 on: shiftctl forget

    stages     ├─ ✔ done        10%   dwell 6s
               ├─ ✔ done        25%   dwell 6s
               ├─ ✔ done        50%   dwell 6s
               └─ ✔ done       100%   dwell 10s

    set        100%  ████████████████████  generation 6
    measured   100%  ████████████████████  100 answers, 0s ago
    to target  ns-7 25/25, ns-519 25/25, ns-1033 25/25, ns-1540 25/25
    source     ✔ passing    6 ok
    target     ✔ passing    6 ok

    remains    what still reaches the source is not known
               rollback is possible while the source stands and can bear everything

    look back  shiftctl history www.shop.test
    roll back  shiftctl rollback www.shop.test
    "
  `);
});

test('an alarm', () => {
  const text = frame(
    at25()
      .tick({ source: { result: 'failed', because: '503' } })
      .tick({ source: { result: 'failed', because: '503' } }),
  );
  expect(text).toMatch(/alarm {6}⚠ source failing/);
});

test('several hosts, one of them with a long name, on 60 columns', () => {
  const hosts = ['www.shop.test', 'api.shop.test', 'a-very-long-name.of-a-long.subdomain.of.shop.test'];
  const journey = new Journey(hosts.map((host) => hostPlan(host))).until(isObserving(25)).tick(sick);
  expect(frame(journey, { columns: 60 })).toMatchInlineSnapshot(`
    "
    LAB        everything runs on this computer; nothing is real
    hosts      3, moving together
    from       heroku:shop
    to         aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.…
    policy     lab, zone Z0PLUMTREE, id www-shop-test-7c1f0a

    phase      ● observing, for 1s
    because    dwell: this stage is observed for 6s
    gate       ◷ hold
    next       50% in 5s, at the earliest

    stages     ├─ ✔ done        10%   dwell 6s
               ├─ ● current     25%   dwell 6s, 5s left
               ├─ ○ to come     50%   dwell 6s
               └─ ○ to come    100%   dwell 10s

    set         25%  ███░░░░░░░  generation 3
    measured    26%  ███░░░░░░░  300 answers, 0s ago
    to target  ns-7 21/75, ns-519 18/75, ns-1033 15/75, ns-1540
               24/75

    HOST                        MEASURED  SOURCE     TARGET
    www.shop.test               26%       ✔ passing  ✔ passing
    api.shop.test               26%       ✔ passing  ✔ passing
    a-very-long-name.of-a-long… 26%       ✔ passing  ✔ passing

    failures   www.shop.test target: 503, expected 200
               api.shop.test target: 503, expected 200
               a-very-long-name.of-a-long.subdomain.of.shop.test
               target: 503, expected 200

    roll back  shiftctl rollback www.shop.test
    "
  `);
});

test('hosts that do not share their sides name them each', () => {
  const hosts = [hostPlan('www.shop.test'), hostPlan('api.shop.test', 'api', 'api-alb')];
  expect(frame(new Journey(hosts))).toContain(
    '           api.shop.test  heroku:api -> aws:api-alb.eu-west-1.elb.amazonaws.com\n',
  );
});

test('fifty hosts take one line each, and only the first failures are told', () => {
  const names = Array.from({ length: 50 }, (_, index) => `h${index}.shop.test`);
  const journey = new Journey(names.map((host) => hostPlan(host))).until(isObserving(10)).tick(sick);
  const text = frame(journey);
  for (const name of names) expect(text).toContain(`\n${name} `);
  expect(text).toContain('           and 45 more\n');
  expect(text.split('\n').length).toBeLessThan(85);
});

test('a migration that is not of the lab does not say LAB', () => {
  const journey = new Journey([hostPlan('www.shop.test')], builtInPolicy('standard'));
  expect(frame(journey)).not.toContain('LAB');
  expect(frame(new Journey())).toContain('\nLAB ');
});

test('without answers the measured share is unknown, never 0%', () => {
  const status = at25().status();
  const hosts = status.hosts.map((host) => ({
    ...host,
    measuredShare: null,
    nameServers: host.nameServers.map(({ server }) => ({
      server,
      source: 0,
      target: 0,
      other: 2,
      failed: 23,
    })),
  }));
  const text = statusView({ ...status, hosts }, { columns: 80, hasColor: false, now: 0 }).join('\n');
  expect(text).toMatch(/measured {3}unknown/);
  expect(text).toContain('ns-7 0/0 (2 other, 23 failed)');
});

test('name servers with the same first label keep their whole names', () => {
  const status = at25().status();
  const hosts = status.hosts.map((host) => ({
    ...host,
    nameServers: host.nameServers.map((server, index) => ({ ...server, server: `dns.${index}.example.` })),
  }));
  const text = statusView({ ...status, hosts }, { columns: 80, hasColor: false, now: 0 }).join('\n');
  expect(text).toContain('dns.0.example 7/25, dns.1.example 6/25');
});

test('a command that does not fit beside its label has a line of its own', () => {
  const host = 'a-long-name.of-a-long.subdomain.shop.test';
  const journey = new Journey([hostPlan(host)]);
  const lines = frame(journey, { columns: 62 }).trimEnd().split('\n');
  expect(lines.slice(-2)).toEqual(['roll back', `shiftctl rollback ${host}`]);
});

test('colour adds nothing but colour', () => {
  for (const journey of [new Journey(), at25().tick(sick), halted(), rolledBack()]) {
    const options = { columns: 72, now: plus(journey.now, 400) };
    const plain = statusView(journey.status(), { ...options, hasColor: false });
    const coloured = statusView(journey.status(), { ...options, hasColor: true });
    expect(plain.join('\n')).not.toContain('\u001b');
    expect(coloured.join('\n')).toContain('\u001b[');
    expect(coloured.map((line) => line.replace(/\u001b\[\d*m/g, ''))).toEqual(plain);
  }
});

/** What a hostile or unlucky outside could put into any text. */
const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001b[2J',
        '\u001b]0;title\u0007',
        '\u009b31m',
        '\u202e',
        '\u2066',
        '\n',
        '\r',
        '\t',
        '\u0000',
      ),
      fc.constantFrom('漢字', '😀', '⚠\ufe0f', 'e\u0301', '👩‍👩‍👧', 'a'.repeat(90), '漢'.repeat(25), ' ', 'word'),
      fc.string({ unit: 'binary', maxLength: 20 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** Words of our own, which decide what is shown. */
const fixedKeys = new Set(['phase', 'progress', 'verdict', 'health', 'side', 'type', 'result', 'waitsFor']);

/** The status with every free text replaced. */
function withTexts(status: Status, text: string): Status {
  return JSON.parse(JSON.stringify(status), (key, value: unknown) =>
    typeof value === 'string' && !fixedKeys.has(key) ? text : value,
  ) as Status;
}

test('whatever the outside says, no line is wider than the terminal or commands it', () => {
  const two = [hostPlan('www.shop.test'), hostPlan('api.shop.test', 'api')];
  const paused = at25().tick(sick);
  paused.add({ type: 'paused', at: paused.now, by: 'bob', because: 'why' });
  const waiting = at25().until(({ phase }) => phase.phase === 'waiting', noRoute);
  const several = new Journey(two).until(isObserving(25)).tick(sick);
  const statuses = [new Journey(), waiting, halted(), rolledBack(), paused, several].map((journey) =>
    journey.status(),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...statuses),
      hostileText,
      fc.array(hostileText, { maxLength: 3 }),
      fc.integer({ min: 40, max: 200 }),
      fc.boolean(),
      (status, text, footer, columns, hasColor) => {
        const lines = statusView(withTexts(status, text), { columns, hasColor, now: status.since, footer });
        for (const line of lines) {
          const bare = line.replace(/\u001b\[\d*m/g, '');
          expect(bare).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
          expect([bare, editorWidth(bare) <= columns]).toEqual([bare, true]);
        }
      },
    ),
    { numRuns: 400 },
  );
});
