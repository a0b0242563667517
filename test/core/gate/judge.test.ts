import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/core/gate/judge.js';
import { isSourceFit } from '../../../src/core/gate/source-fitness.js';
import type { Verdict } from '../../../src/core/gate/verdict.js';
import type { Observing } from '../../../src/core/phase.js';
import { host, planOf, Story, www } from '../story.js';

const api = host('api.example.com');
const shop = host('shop.example.com');

function judged(story: Story, patterns: { source: string; target: string }, name = www): Verdict {
  story.observe({
    probes: [
      ...story.probes('source', patterns.source, name),
      ...story.probes('target', patterns.target, name),
    ],
  });
  return judge(story.state, observing(story), story.now);
}

function observing(story: Story): Observing {
  if (story.state.phase.phase !== 'observing') throw new Error(story.state.phase.phase);
  return story.state.phase;
}

describe('the guard', () => {
  test.each([
    ['ooooooo', 'oooxxx', 'rollback', 'target-failing'],
    ['oooooox', 'oooxxx', 'rollback', 'target-failing'],
    ['xxxxxx', 'xxxxxx', 'hold', 'both-failing'],
    ['', 'xxxxxx', 'hold', 'both-failing'],
    ['??????', 'xxxxxx', 'hold', 'both-failing'],
    ['xxxxxx', 'oooooo', 'hold', 'source-failing'],
  ])('source %s and target %s: %s because %s', (source, target, verdict, topic) => {
    const found = judged(Story.observing(0), { source, target });
    expect(found).toMatchObject({ verdict, topic });
    expect(found.alarm?.topic ?? null).toBe(verdict === 'rollback' ? null : topic);
  });

  test.each([
    ['xxxxxx', 'xxxxxx', 'the source fails its probes (6 of 6 failed; target 6 of 6 failed)'],
    [
      '??????',
      'xxxxxx',
      'the source was not seen alive lately (0 of 6 failed, 6 unknown; target 6 of 6 failed)',
    ],
    ['oxxooooooo', 'oooooooxxx', 'the source is no better than the target'],
  ])(
    'says why source %s keeps it from leaving target %s, with the numbers of both',
    (source, target, why) => {
      const story = Story.observing(0);
      if (source.startsWith('oxx'))
        story.observe({ probes: story.probes('source', 'x'.repeat(100)) }).pass(6_000);
      const { because } = judged(story, { source, target });
      expect(because).toContain('www.example.com: the target fails its probes (');
      expect(because).toContain(`; not rolled back, because www.example.com: ${why}`);
    },
  );

  test('needs a source that was no worse than the target in the last two minutes, not only in its last probes', () => {
    const story = Story.observing(0);
    story.observe({ probes: story.probes('source', 'x'.repeat(100)) }).pass(6_000);
    const bad = judged(story, { source: 'oooooo', target: 'ooxxx' });
    expect(bad).toMatchObject({ verdict: 'hold', topic: 'both-failing' });
    story.pass(115_000);
    expect(judged(story, { source: 'oooooo', target: 'ooxxx' })).toMatchObject({ verdict: 'rollback' });
  });

  test('says the numbers of both sides and the last failure', () => {
    const { because } = judged(Story.observing(0), { source: 'oooooo', target: 'oooxxx' });
    expect(because).toContain('www.example.com');
    expect(because).toContain('3 of 6 failed');
    expect(because).toContain('0 of 6 failed');
    expect(because).toContain('503, expected 200');
  });

  test('is on when there is nothing to promote', () => {
    const story = Story.observing(0);
    judged(story, { source: 'oooooo', target: 'xxx' });
    expect(judge(story.state, null, story.now).verdict).toBe('rollback');
  });
});

describe('the guard of a host whose users are counted', () => {
  const metrics = { queries: [], gauges: [], sharedTarget: false };
  const plan = planOf();
  const counted = { ...plan, hosts: plan.hosts.map((one) => ({ ...one, metrics })) };
  /** The source failed for most of the last two minutes and passes now. */
  const recovered = (story: Story): Story =>
    story.observe({ probes: story.probes('source', 'x'.repeat(100)) }).pass(6_000);

  test('takes some failing probes for evidence among other evidence', () => {
    const found = judged(Story.observing(0, counted).pass(10_000), { source: 'oooooo', target: 'oooxxx' });
    expect(found).toMatchObject({ verdict: 'hold', topic: 'target-failing' });
  });

  test('rolls back a target that answers nothing, whatever happened to the source before', () => {
    const story = recovered(Story.observing(0, counted));
    expect(judged(story, { source: 'oooooo', target: 'xxxxxx' })).toMatchObject({
      verdict: 'rollback',
      topic: 'target-failing',
    });
  });

  test.each(['xxxxxx', '??????'])('does not roll it back to a source of %s', (source) => {
    const found = judged(Story.observing(0, counted), { source, target: 'xxxxxx' });
    expect(found).toMatchObject({ verdict: 'hold', topic: 'both-failing' });
    expect(found.because).toContain('; not rolled back, because www.example.com: the source ');
  });

  test('compares probes as long as no user was counted', () => {
    const story = recovered(Story.observing(-1, counted));
    story.open('stage', 0);
    story.observe({ probes: [...story.probes('source', 'oooooo'), ...story.probes('target', 'ooxxx')] });
    expect(judge(story.state, null, story.now)).toMatchObject({ verdict: 'hold', topic: 'both-failing' });
    story.pass(115_000);
    story.observe({ probes: [...story.probes('source', 'oooooo'), ...story.probes('target', 'ooxxx')] });
    expect(judge(story.state, null, story.now)).toMatchObject({
      verdict: 'rollback',
      topic: 'target-failing',
    });
  });
});

describe('a promotion', () => {
  const healthy = { source: 'oooooo', target: 'oooooo' };

  test('needs the dwell, counted from the first bucket after settling', () => {
    const story = new Story();
    story.accept(story.open('take-over')).settle();
    story.accept(story.open('stage', 0)).pass(300).settle();
    expect(observing(story).dwellFrom - story.state.plan.createdAt).toBe(1_000);
    expect(judged(story.pass(30_699), healthy)).toMatchObject({ verdict: 'hold', topic: 'dwell' });
    expect(judged(story.pass(1), healthy)).toMatchObject({ verdict: 'promote' });
  });

  test.each([
    ['oooooo', '', 'target-unknown'],
    ['oooooo', '??????', 'target-unknown'],
    ['oooooo', 'xx??oo', 'target-unknown'],
    ['', 'oooooo', 'source-unknown'],
    ['xx??oo', 'oooooo', 'source-unknown'],
  ])('is not given on source "%s" and target "%s"', (source, target, topic) => {
    const found = judged(Story.observing(0).pass(60_000), { source, target });
    expect(found).toMatchObject({ verdict: 'hold', topic });
  });

  test('counts no probe from before the dwell began', () => {
    const story = Story.observing(0).pass(60_000);
    const from = { ...observing(story), dwellFrom: story.now, holdFrom: story.now };
    story.observe({ probes: [...story.probes('source', 'oooooo'), ...story.probes('target', 'oooooo')] });
    expect(judge(story.state, { ...from, stage: -1 }, story.now)).toMatchObject({
      verdict: 'hold',
      topic: 'target-unknown',
    });
    expect(judge(story.state, { ...from, stage: -1, dwellFrom: from.settledAt }, story.now).verdict).toBe(
      'promote',
    );
  });

  test('that is held longer than dwell and maxHold asks, with what is missing', () => {
    const story = Story.observing(0);
    expect(judged(story.pass(149_999), { source: 'oooooo', target: '' }).verdict).toBe('hold');
    const asked = judged(story.pass(1), { source: 'oooooo', target: '' });
    expect(asked).toMatchObject({ verdict: 'ask', topic: 'target-unknown' });
    expect(asked.because).toContain('held for 2m30s');
  });

  test('of the last stage waits for the bake', () => {
    const story = Story.observing(3);
    expect(judged(story.pass(59_999), healthy).verdict).toBe('hold');
    expect(judged(story.pass(1), healthy).verdict).toBe('promote');
  });
});

describe('several hosts', () => {
  const group = (): Story => Story.observing(0, planOf({ names: [www, api, shop] })).pass(60_000);
  const seen = (story: Story, patterns: Record<string, [string, string]>): Verdict => {
    const probes = [www, api, shop].flatMap((name) => {
      const [source, target] = patterns[name] ?? ['oooooo', 'oooooo'];
      return [...story.probes('source', source, name), ...story.probes('target', target, name)];
    });
    story.observe({ probes });
    return judge(story.state, observing(story), story.now);
  };

  test('are promoted only when all of them pass', () => {
    expect(seen(group(), {}).verdict).toBe('promote');
    expect(seen(group(), { [shop]: ['oooooo', 'ooo'] })).toMatchObject({
      verdict: 'hold',
      topic: 'target-unknown',
    });
    expect(seen(group(), {}).evidence).toHaveLength(6);
  });

  test.each([www, api, shop])('are rolled back together when %s fails', (name) => {
    const verdict = seen(group(), { [name]: ['oooooo', 'xxxooo'] });
    expect(verdict).toMatchObject({ verdict: 'rollback', topic: 'target-failing' });
    expect(verdict.because).toContain(name.slice(0, -1));
  });

  test.each([
    ['fails', 'xxxxxx', 'oooooo'],
    ['was alive and fails now', 'ooooxxx', 'oooooo'],
    ['was not seen', '', 'oooooo'],
    ['is no better than its own failing target', 'oooooxx', 'oooxxx'],
  ])(
    'go back only together: not while the source of one %s, although another has to',
    (_, source, target) => {
      const story = group();
      story.observe({ probes: story.probes('source', source === 'oooooxx' ? 'x'.repeat(40) : '', api) });
      story.pass(6_000);
      const verdict = seen(story, { [www]: ['oooooo', 'xxxxxx'], [api]: [source, target] });
      expect(verdict).toMatchObject({
        verdict: 'hold',
        topic: 'both-failing',
        alarm: { topic: 'both-failing' },
      });
      expect(verdict.because).toContain('; not rolled back, because api.example.com: the source ');
      expect(verdict.alarm?.because).toBe(verdict.because);
    },
  );

  test('tell the worst alarm', () => {
    const verdict = seen(group(), { [www]: ['xxxxxx', 'oooooo'], [shop]: ['xxxxxx', 'xxxxxx'] });
    expect(verdict).toMatchObject({ verdict: 'hold', alarm: { topic: 'both-failing' } });
  });

  test('are fit to go back only when the sources of all are', () => {
    const story = group();
    seen(story, { [www]: ['oooooo', 'ooooxx'] });
    expect(isSourceFit(story.state, story.now)).toBe(true);
    seen(story.pass(130_000), { [api]: ['??????', 'oooooo'] });
    expect(isSourceFit(story.state, story.now)).toBe(false);
  });
});
