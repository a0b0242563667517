import { expect, test } from 'vitest';
import { explainDecision } from '../../../../src/core/gate/metrics/explanation.js';
import { plus } from '../../../../src/core/time.js';
import { calm, counts, decided, historyOf, minute, noon, noProbes, times } from './gate-world.js';

/** As a person sees it: the line, then the details. */
function shown(...args: Parameters<typeof decided>): string {
  const { line, details } = explainDecision(decided(...args));
  return [line, ...details].join('\n');
}

const lowHistory = historyOf(times(180, {}).map(() => counts(12)));

test('a stage that is being watched says how strong the evidence is and what a promotion still needs', () => {
  const noisy = historyOf(times(180, {}).map((_, b) => counts(3600, [4, 22, 9, 16, 11, 14][b % 6])));
  const before = times(10, { target: counts(360, 1), source: counts(3240, 10) });
  const now = times(8, (b) => ({
    stage: 1,
    target: counts(912, [3, 5, 4, 2, 6, 4, 3, 5][b]),
    source: counts(2740, [9, 11, 8, 12, 10, 9, 14, 10][b]),
  }));
  expect(`\n${shown([...before, ...now], { history: noisy, now: plus(noon, 20 * minute) })}\n`).toBe(`
stage 25 %  12:20  HOLD  557 : 1 that the target is no worse (rolls back at 100 : 1 that it is)
  target   34 / 8,016  = 0.42 %   last 10 min      probes 300/300 ok
  source  103 / 28,400 = 0.36 %   same minutes     probes 300/300 ok     history 0.35 % (noisy: phi 2.5, k 30)
  allowed up to 0.44 % (1.25 x source)
  to promote: needs 20 : 1 that the target fails at most 4.4 %: has 403 : 1 ok | dwell 8/10 min | data 2 min old ok
`);
});

test('a rollback says since when, how much worse, and what each bucket weighed', () => {
  const before = times(10, { stage: 1, target: counts(300), source: counts(880, 3) });
  const bad = times(4, (b) => ({ stage: 2, target: counts(590, [0, 1, 33, 40][b]), source: counts(580, 2) }));
  expect(`\n${shown([...before, ...bad])}\n`).toBe(`
ROLLBACK  evidence 127 : 1 that the target is worse (threshold 100 : 1; chance in a healthy migration <= 1 %)
  since 12:12 (2 min after the step to 50 %): target 73 / 1,180 = 6.2 %, source 4 / 1,160 = 0.34 %; best-fitting ratio 12 x
  minutes: 12:12 33/590 (+5.0 nats, capped)  12:13 40/590 (+5.0 nats, capped)  excess failed requests so far: about 68
  target  74 / 4,160 = 1.8 %    last 10 min      probes 300/300 ok
  source  26 / 7,600 = 0.34 %   same minutes     probes 300/300 ok     history 0.086 % (calm: phi 1.3, k 30)
`);
});

test('low traffic says how many requests are needed, how long they take, and when it asks', () => {
  const buckets = times(61, { stage: 1, target: counts(1), source: counts(3) });
  const [line] = shown(buckets, { history: lowHistory }).split('\n');
  expect(line).toBe(
    'stage 25 %  13:01  HOLD  61 clean requests at the target, 109 needed at this rate (about 48 min) - asks you at 13:10',
  );
  const [later] = shown([...buckets, ...buckets.slice(0, 9)], { history: lowHistory }).split('\n');
  expect(later).toBe(
    'stage 25 %  13:10  ASK  70 clean requests at the target, 109 needed at this rate (about 39 min) - held for 70 min: promote, wait or roll back?',
  );
});

test('a shared failure says that it is not the target', () => {
  const failing = {
    target: counts(60, 18),
    source: counts(540, 165),
    probes: { target: counts(30, 9), source: counts(30, 9) },
  };
  const lines = shown([...times(12, calm), ...times(3, failing)]).split('\n');
  expect(lines[0]).toBe(
    "stage 10 %  12:15  HOLD  source fails too (31 %, history 0.086 %): not the target's doing; nothing counts until it is over",
  );
  expect(lines.at(-1)).toBe(
    '  to promote: not while the source fails | dwell 10/10 min ok | data 0 s old ok',
  );
});

test('a promotion says where to and why', () => {
  expect(shown(times(12, calm)).split('\n')[0]).toBe(
    'stage 10 %  12:12  PROMOTE  to 25 %: 403 : 1 that the target fails at most 8.1 %; 55 : 1 that it is no worse',
  );
});

test('blindness of one side and of both read differently', () => {
  expect(shown(times(18, { source: counts(540) })).split('\n')[0]).toBe(
    'ROLLBACK  target dark: no request in its metrics for 18 min while about 1,080 were due there; the source reported in 18 of 18 buckets',
  );
  expect(shown(times(18, {})).split('\n')[0]).toContain(
    'ASK  all metrics dark: none from the target for 18 min while about 1,080 requests were due there, and the source reported only in 0 of 18 buckets',
  );
});

test('probes that decide are named, and sides without requests keep their columns', () => {
  const probes = { target: counts(30, 30), source: counts(30) };
  expect(`\n${shown(times(2, { probes }))}\n`).toBe(`
ROLLBACK  evidence 158,000 : 1 that the target is worse (threshold 100 : 1; chance in a healthy migration <= 1 %)
  most of it from probes
  target  no requests   so far     probes 0/60 ok
  source  no requests   so far     probes 60/60 ok     history 0.086 % (calm: phi 1.3, k 30)
`);
});

test('buckets of a second are spoken of in seconds', () => {
  const second = { target: counts(5), source: counts(45), probes: noProbes };
  const text = shown(times(5, second), {
    parameters: { bucketMs: 1000, blindAfterMs: 15_000, maxDataAgeMs: 4000, maxHoldMs: 30_000 },
    stage: { dwellMs: 6000 },
  });
  expect(text.split('\n')[0]).toMatch(/^stage 10 % {2}12:00:05 {2}HOLD/);
  expect(text).toContain('dwell 5/6 s | data 0 s old ok');
  expect(text).toContain('last 5 s ');
});

test('no metrics, no history, old metrics, a silent gauge, suspicion and a shared target each have their sentence', () => {
  expect(shown([], { history: historyOf([]) })).toContain('no history (assumed 0.020 %, phi 2, k 1)');
  expect(shown([]).split('\n')[0]).toContain("HOLD  no request in the target's metrics yet");
  expect(shown(times(12, calm), { now: plus(noon, 20 * minute) })).toContain(
    "the newest request in the target's metrics is 8 min old, 5 min allowed: nothing advances on old data",
  );
  const channels = {
    slowCounts: false,
    latencyQuantiles: false,
    gauges: [{ name: 'connections', worse: 'high' as const, limit: 80 }],
  };
  const silent = shown(times(12, calm), { parameters: { channels } });
  expect(silent).toContain('HOLD  no fresh value of connections');
  expect(silent).toContain('also    connections: no evidence yet whether it is worse');
  const suspicious = [
    ...times(12, calm),
    { ...calm, target: counts(60, 5) },
    { ...calm, target: counts(60, 5) },
  ];
  expect(shown(suspicious)).toMatch(
    /HOLD {2}suspicious: [\d.]+ : 1 that the target is worse \(promotes below 5 : 1, rolls back at 100 : 1\)/,
  );
  expect(shown(times(12, calm), { parameters: { isTargetShared: true } })).toContain('ASK  ready, but');
});

test('another clock may be put in', () => {
  expect(explainDecision(decided([]), () => 'tea time').line).toContain('  tea time  ');
});
