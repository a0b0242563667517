import { beforeEach, expect, test } from 'vitest';
import { MetricsSwitch } from '../../src/lab/metrics-behaviour.js';
import { usualServiceTimeMs, type OriginBehaviour } from '../../src/lab/origins/behaviour.js';
import { seededRandom } from '../../src/lab/random.js';
import { Route53Faults } from '../../src/lab/route53/faults.js';
import { ScenarioDriver, type DrivenSide } from '../../src/lab/scenario-driver.js';
import type { ScenarioName } from '../../src/lab/scenario-name.js';
import { isScenarioName, scenarios, type Scenario } from '../../src/lab/scenario.js';
import type { TargetShare } from '../../src/lab/target-share.js';

let nowMs: number;
let share: TargetShare;
let changes: Partial<OriginBehaviour>[];
let changesOfSource: Partial<OriginBehaviour>[];
let rates: number[];
let metrics: { readonly source: MetricsSwitch; readonly target: MetricsSwitch };
let faults: Route53Faults;

beforeEach(() => {
  nowMs = 1_000_000;
  share = { percent: 0, weighted: false, ttlSeconds: 5 };
  changes = [];
  changesOfSource = [];
  rates = [];
  metrics = { source: new MetricsSwitch(), target: new MetricsSwitch() };
  faults = new Route53Faults(seededRandom('faults'));
});

function side(of: 'source' | 'target', noted: Partial<OriginBehaviour>[]): DrivenSide {
  return { origin: { change: (part) => Promise.resolve(void noted.push(part)) }, metrics: metrics[of] };
}

/** Begun as by `start`, but without the real clock. */
function drive(scenario: Scenario): ScenarioDriver {
  const driver = new ScenarioDriver({
    scenario,
    readShare: () => share,
    settleMs: (ttlSeconds) => 1_000 + ttlSeconds * 1_000 + 1_000,
    clientsPerSecond: 200,
    source: side('source', changesOfSource),
    target: side('target', changes),
    clients: { setRate: (rate) => rates.push(rate) },
    apiFaults: faults,
    now: () => nowMs,
  });
  driver.start();
  void driver.close();
  return driver;
}

function shift(percent: number): void {
  share = { percent, weighted: true, ttlSeconds: 2 };
}

/** Lets time pass, looking ten times a second; returns how long it took until something changed at the target. */
function pass(driver: ScenarioDriver, forMs: number): number | undefined {
  const before = changes.length;
  for (let passedMs = 0; passedMs <= forMs; passedMs += 100) {
    driver.tick();
    if (changes.length > before) return passedMs;
    nowMs += 100;
  }
  return undefined;
}

test.each<[ScenarioName, Partial<OriginBehaviour>]>([
  ['target-errors', { errors: { status: 503, fraction: 0.9 } }],
  ['target-degrades', { errors: { status: 500, fraction: 0.02 } }],
  ['target-slow', { slow: { delayMs: 3_000, fraction: 0.9 } }],
  ['target-dies', { dead: true }],
])('%s begins once 25 % have been observed for three seconds, and only then', (name, behaviour) => {
  const driver = drive(scenarios[name]);
  expect(pass(driver, 20_000)).toBeUndefined();
  shift(10);
  expect(pass(driver, 20_000)).toBeUndefined();
  shift(25);
  // 1 s to every name server, 2 s of TTL, 1 s of tail, and the three of observation.
  expect(pass(driver, 20_000)).toBe(7_000);
  expect(changes).toEqual([behaviour]);
  expect(driver.events()).toEqual([{ atMs: nowMs, effect: { kind: 'target', behaviour } }]);
  shift(50);
  expect(pass(driver, 60_000)).toBeUndefined();
});

test('a share that falls back is observed anew', () => {
  const driver = drive(scenarios['target-dies']);
  shift(25);
  expect(pass(driver, 6_000)).toBeUndefined();
  shift(10);
  expect(pass(driver, 6_000)).toBeUndefined();
  shift(25);
  expect(pass(driver, 20_000)).toBe(7_000);
});

test('a plain record that points at the target begins nothing', () => {
  const driver = drive(scenarios['target-dies']);
  share = { percent: 100, weighted: false, ttlSeconds: 60 };
  expect(pass(driver, 120_000)).toBeUndefined();
});

test('slow-target takes three times as long as soon as 25 % have been accepted', () => {
  const driver = drive(scenarios['slow-target']);
  shift(10);
  expect(pass(driver, 20_000)).toBeUndefined();
  shift(25);
  expect(pass(driver, 20_000)).toBe(0);
  expect(changes).toEqual([{ serviceTimeMs: 3 * usualServiceTimeMs }]);
});

test('shared-outage fails one in five on both sides six seconds after 25 % were accepted, for ten seconds', () => {
  const driver = drive(scenarios['shared-outage']);
  shift(25);
  expect(pass(driver, 20_000)).toBe(6_000);
  const begun = { errors: { status: 500, fraction: 0.2 } };
  expect([changes, changesOfSource]).toEqual([[begun], [begun]]);
  expect(pass(driver, 20_000)).toBe(10_000);
  const ended = { errors: undefined };
  expect([changes, changesOfSource]).toEqual([
    [begun, ended],
    [begun, ended],
  ]);
});

test('at night all users go to sleep once 25 % have been accepted', () => {
  const driver = drive(scenarios.night);
  shift(10);
  pass(driver, 20_000);
  expect(rates).toEqual([]);
  shift(25);
  driver.tick();
  expect(rates).toEqual([0]);
});

test('low-traffic only has other users', () => {
  const driver = drive(scenarios['low-traffic']);
  shift(100);
  pass(driver, 60_000);
  expect(driver.events()).toEqual([]);
  const { resolvers, requestsPerSecond } = scenarios['low-traffic'].population ?? {};
  expect((resolvers ?? 0) * (requestsPerSecond ?? 0)).toBeLessThanOrEqual(2);
});

test('metrics-late delays what both sides tell, from the take-over on, and loses nothing', () => {
  const driver = drive(scenarios['metrics-late']);
  expect(metrics.source.behaviour).toMatchObject({ delayMs: 0 });
  shift(0);
  driver.tick();
  const late = { delayMs: 2_000, silenced: false };
  expect([metrics.source.behaviour, metrics.target.behaviour]).toEqual([late, late]);
});

test.each<[ScenarioName, { source: boolean; target: boolean }]>([
  ['metrics-missing', { source: true, target: true }],
  ['target-dark', { source: false, target: true }],
])('%s silences from 25 %% on, and leaves the sides as they are', (name, expected) => {
  const driver = drive(scenarios[name]);
  const silenced = (): unknown => ({
    source: metrics.source.behaviour.silenced,
    target: metrics.target.behaviour.silenced,
  });
  shift(10);
  pass(driver, 20_000);
  expect(silenced()).toEqual({ source: false, target: false });
  shift(25);
  pass(driver, 20_000);
  expect(silenced()).toEqual(expected);
  expect([changes, changesOfSource]).toEqual([[], []]);
});

test('capacity is between a quarter and half of the requests, from the start', () => {
  drive(scenarios.capacity);
  expect(changes).toEqual([{ capacityPerSecond: 75 }]);
});

test('healthy does nothing', () => {
  const driver = drive(scenarios.healthy);
  shift(100);
  pass(driver, 60_000);
  expect([changes, faults.list(), driver.events()]).toEqual([[], [], []]);
});

test('flaky-api meets each stage with something else, and outages end', () => {
  const driver = drive(scenarios['flaky-api']);
  const kinds = (): string[] => faults.list().map((fault) => fault.kind);
  driver.tick();
  expect(kinds()).toEqual([]);
  shift(0);
  driver.tick();
  expect(kinds()).toEqual(['throttle', 'drop-reply']);
  expect(faults.strike('drop-reply', 'ListResourceRecordSets')).toBeUndefined();
  expect(faults.strike('drop-reply', 'ChangeResourceRecordSets')).toBeDefined();
  shift(10);
  driver.tick();
  expect(kinds()).toEqual(['throttle', 'prior-request-not-complete']);
  shift(25);
  driver.tick();
  expect(faults.isOn('stopped')).toBe(false);
  nowMs += 5_000;
  driver.tick();
  expect(faults.isOn('stopped')).toBe(true);
  nowMs += 2_900;
  driver.tick();
  expect(faults.isOn('stopped')).toBe(true);
  nowMs += 100;
  driver.tick();
  expect(faults.isOn('stopped')).toBe(false);
});

test('only a mild throttling of reads stays on: everything else in flaky-api ends by itself', () => {
  const { fromStart, steps } = scenarios['flaky-api'];
  expect(fromStart).toEqual([]);
  const [throttling, ...others] = steps.flatMap((step) => step.effects);
  expect(throttling).toEqual({ kind: 'api-fault', fault: { kind: 'throttle', on: 'reads', fraction: 0.1 } });
  for (const effect of others) {
    if (effect.kind === 'api-fault') expect(effect.fault.next).toBeLessThanOrEqual(2);
    else expect(effect).toMatchObject({ kind: 'api-outage', forMs: expect.any(Number) as unknown });
  }
});

test('names are recognised', () => {
  expect(['healthy', 'flaky-api', 'toString', ''].map(isScenarioName)).toEqual([true, true, false, false]);
});
