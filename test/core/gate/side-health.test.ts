import { describe, expect, test } from 'vitest';
import { sideEvidence } from '../../../src/core/gate/side-health.js';
import { instant } from '../../../src/core/time.js';
import { Story, www } from '../story.js';

/** The health of the target after these probes, the newest of them this old; the policy says 3 of the last 6. */
function health(pattern: string, ageMs = 0, since = 0): string {
  const story = new Story();
  story.observe({ probes: story.probes('target', pattern) }).pass(ageMs);
  const about = { host: www, side: 'target', since: instant(since), now: story.now } as const;
  return sideEvidence(story.state.probes, story.state.plan.policy, about).health;
}

describe('the health of a side, 3 of 6', () => {
  test.each([
    ['oooooo', 'passing'],
    ['xxoooo', 'passing'],
    ['xxxooo', 'failing'],
    ['oooxxx', 'failing'],
    ['xxx', 'failing'],
    ['oooo', 'passing'],
    ['ooo', 'unknown'],
    ['', 'unknown'],
    ['??oooo', 'passing'],
    ['???ooo', 'unknown'],
    ['??????', 'unknown'],
    ['xx??oo', 'unknown'],
    ['xxx???', 'failing'],
    ['xxxoooooo', 'passing'],
    ['ooooooxxx', 'failing'],
  ])('%s is %s', (pattern, expected) => {
    expect(health(pattern)).toBe(expected);
  });

  test('is unknown once the newest probe is older than a gap, good or bad', () => {
    expect(health('oooooo', 10_000)).toBe('passing');
    expect(health('oooooo', 10_001)).toBe('unknown');
    expect(health('xxxxxx', 10_001)).toBe('unknown');
  });

  test('counts only what began at or after the given time, and names what is missing', () => {
    const story = new Story();
    story.observe({ probes: story.probes('target', 'xxxooo') });
    const about = { host: www, side: 'target', since: instant(story.now - 1_000), now: story.now } as const;
    const evidence = sideEvidence(story.state.probes, story.state.plan.policy, about);
    expect(evidence).toMatchObject({ health: 'unknown', ok: 3, failed: 0, unknown: 3, lastFailure: null });
    const whole = sideEvidence(story.state.probes, story.state.plan.policy, { ...about, since: instant(0) });
    expect(whole.lastFailure).toMatchObject({ because: '503, expected 200', at: story.now - 1_500 });
  });
});
