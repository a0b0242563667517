import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/core/gate/judge.js';
import { sideEvidence } from '../../../src/core/gate/side-health.js';
import type { SideEvidence } from '../../../src/core/gate/verdict.js';
import type { AddressFamily, ProbeOutcome } from '../../../src/core/probe.js';
import { instant, plus } from '../../../src/core/time.js';
import { Story, www } from '../story.js';

/** Probes of one side, a letter each: `n` is one that found no route. */
function over(story: Story, family: AddressFamily | undefined, pattern: string): readonly ProbeOutcome[] {
  const known = story.probes('target', pattern.replaceAll('n', '?'))[0]?.outcomes ?? [];
  return known.map((outcome, index) => ({
    ...outcome,
    ...(family !== undefined && { family }),
    ...(pattern[index] === 'n' && { noRoute: true as const }),
  }));
}

function observe(story: Story, ipv4: string, ipv6: string, unresolved = ''): Story {
  const outcomes = [
    ...over(story, 'ipv4', ipv4),
    ...over(story, 'ipv6', ipv6),
    ...over(story, undefined, unresolved),
  ].sort((a, b) => a.at - b.at);
  return story.observe({ probes: [{ host: www, side: 'target', outcomes }] });
}

function target(story: Story): SideEvidence {
  const about = { host: www, side: 'target', since: instant(0), now: story.now } as const;
  return sideEvidence(story.state.probes, story.state.plan.policy, about);
}

describe('a side that is probed over IPv4 and IPv6', () => {
  test.each([
    ['oooooo', 'oooooo', 'passing', 'ipv4'],
    ['oooooo', 'xxxxxx', 'failing', 'ipv6'],
    ['xxxxxx', 'oooooo', 'failing', 'ipv4'],
    ['xxoooo', 'xxoooo', 'passing', 'ipv4'],
    ['oooooo', '??????', 'unknown', 'ipv6'],
    ['??????', 'oooxxx', 'failing', 'ipv6'],
    ['oooooo', 'oo', 'unknown', 'ipv6'],
  ])('%s and %s is %s, and %s decides', (ipv4, ipv6, health, family) => {
    expect(target(observe(new Story(), ipv4, ipv6))).toMatchObject({ health, family });
  });

  test('is judged by each family for itself: failures are never added up', () => {
    const evidence = target(observe(new Story(), 'ooxxoo', 'ooxxoo'));
    expect(evidence).toMatchObject({ health: 'passing', ok: 4, failed: 2 });
    expect(evidence.families.map(({ family, failed }) => [family, failed])).toEqual([
      ['ipv4', 2],
      ['ipv6', 2],
    ]);
  });

  test('fails over both when its DNS target is gone, which no family is named for', () => {
    const gone = target(observe(new Story(), 'ooo', 'ooo', 'xxx'));
    expect(gone).toMatchObject({ health: 'failing', failed: 3 });
  });

  test('says in the reason of a rollback over which family it fails', () => {
    const story = Story.observing(0);
    const source = story.probes('source', 'oooooo');
    story.observe({ probes: source });
    observe(story, 'oooooo', 'xxxxxx');
    const verdict = judge(story.state, null, story.now);
    expect(verdict.verdict).toBe('rollback');
    expect(verdict.because).toContain('the target fails its probes (IPv6: 6 of 6 failed; last: 503');
  });
});

describe('a family that this machine has no route for', () => {
  test('is left out where the other family can be judged, and says so', () => {
    const evidence = target(observe(new Story(), 'oooooo', 'nnnnnn'));
    expect(evidence).toMatchObject({ health: 'passing', family: null, families: [], leftOut: 'ipv6' });
  });

  test('does not hide that the other family fails', () => {
    expect(target(observe(new Story(), 'xxxxxx', 'nnnnnn')).health).toBe('failing');
  });

  test('leaves the side unknown where there is no other', () => {
    expect(target(observe(new Story(), '', 'nnnnnn'))).toMatchObject({ health: 'unknown', leftOut: null });
    expect(target(observe(new Story(), 'nnnnnn', 'nnnnnn'))).toMatchObject({ health: 'unknown' });
  });

  test('holds for three gaps when it has answered before, and then no longer', () => {
    const story = observe(new Story(), 'oooooo', 'oooooo');
    for (let passed = 0; passed < 30_000; passed += 3_000) observe(story.pass(3_000), 'oooooo', 'nnnnnn');
    expect(target(story)).toMatchObject({ health: 'unknown', family: 'ipv6', leftOut: null });
    observe(story.pass(3_000), 'oooooo', 'nnnnnn');
    expect(target(story)).toMatchObject({ health: 'passing', leftOut: 'ipv6' });
  });

  test('is judged again as soon as there is a route', () => {
    const story = observe(new Story(), 'oooooo', 'nnnnnn');
    observe(story.pass(3_000), 'oooooo', 'nnnxxx');
    expect(target(story)).toMatchObject({ health: 'failing', family: 'ipv6' });
  });
});

test('a family whose addresses are taken away holds for three gaps, and a failing one is not promoted meanwhile', () => {
  const story = observe(new Story(), 'oooooo', 'xxxxxx');
  const healthAfter = (ms: number): string => {
    observe(story.pass(ms), 'oooooo', '');
    return target(story).health;
  };
  expect(healthAfter(10_000)).toBe('failing');
  expect(healthAfter(1_000)).toBe('unknown');
  expect(healthAfter(19_000)).toBe('unknown');
  expect(healthAfter(1_000)).toBe('passing');
});

test('outcomes of a journal that names no families are one series', () => {
  const story = observe(new Story(), '', '', 'ooxxxo');
  expect(target(story)).toMatchObject({ health: 'failing', failed: 3, family: null, leftOut: null });
});

test('an observation of the past counts from when it began', () => {
  const story = observe(new Story(), 'oooooo', 'oooooo');
  const about = { host: www, side: 'target', since: plus(story.now, -1_000), now: story.now } as const;
  const evidence = sideEvidence(story.state.probes, story.state.plan.policy, about);
  expect(evidence.families.map(({ ok, unknown }) => [ok, unknown])).toEqual([
    [3, 3],
    [3, 3],
  ]);
});
