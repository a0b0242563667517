import { describe, expect, test } from 'vitest';
import { describeCertificate, type Certificate } from '../../src/core/certificate.js';
import { clockAtStart, rollbackLimit, runningClocks } from '../../src/core/certificate-clock.js';
import type { HostPlan } from '../../src/core/plan.js';
import { plus, type Instant } from '../../src/core/time.js';
import { planOf, start, Story, www } from './story.js';

const dayMs = 86_400_000;

function certificate(leftMs: number, change: Partial<Certificate> = {}): Certificate {
  return { name: 'www.example.com', issuer: "Let's Encrypt", endsAt: plus(start, leftMs), ...change };
}

function described(leftMs: number, change: Partial<Certificate> = {}): string {
  return describeCertificate({ ...certificate(leftMs, change), host: www }, start);
}

describe('a certificate in words', () => {
  test.each([
    [61 * dayMs + 5, '61 days left'],
    [2 * dayMs, '2 days left'],
    [2 * dayMs - 1, '47 hours left'],
    [2 * 3_600_000 - 1, '119 minutes left'],
    [60_000, '1 minute left'],
    [0, 'ended 0 minutes ago'],
    [-3 * dayMs, 'ended 3 days ago'],
  ])('with %d ms to go says %s', (leftMs, words) => {
    expect(described(leftMs)).toBe(`certificate www.example.com, Let's Encrypt, ${words}`);
  });

  test('names the name that covers the host, or that none does', () => {
    expect(described(9 * dayMs, { name: '*.example.com' })).toContain('certificate *.example.com, ');
    expect(described(9 * dayMs, { name: null })).toContain(
      'certificate that does not cover www.example.com, ',
    );
  });
});

const [host] = planOf().hosts as [HostPlan];
const spell = (at: Instant): string => `day ${(at - start) / dayMs}`;

describe('a rollback stays possible', () => {
  const { policy } = planOf();
  const seen = { host, side: 'source', policy, now: start } as const;

  test('until the end of a certificate that Heroku manages for the source', () => {
    const clock = clockAtStart(certificate(61 * dayMs), seen);
    expect(rollbackLimit(clock, spell)).toBe(
      'Heroku renews it only while DNS points there: rollback stays possible until day 61',
    );
  });

  test.each([
    ["the app's own certificate", { ...seen }, { issuer: 'DigiCert Inc' }],
    ['a source at AWS', { ...seen, host: { ...host, source: host.target } }, {}],
    ['a Heroku target', { ...seen, side: 'target', host: { ...host, target: host.source } } as const, {}],
  ])('without a limit of its own for %s', (_, about, change) => {
    expect(rollbackLimit(clockAtStart(certificate(61 * dayMs, change), about), spell)).toBeNull();
  });

  test('fault 56: is too short at the start when it is less than all stages and two weeks', () => {
    const plannedMs = policy.stages.reduce((sum, stage) => sum + stage.dwellMs, 0);
    expect(clockAtStart(certificate(plannedMs + 14 * dayMs), seen).isShort).toBe(false);
    expect(clockAtStart(certificate(plannedMs + 14 * dayMs - 1), seen).isShort).toBe(true);
  });
});

describe('while the migration runs', () => {
  function shown(story: Story, leftMs: number): Story {
    const outcomes = story.probes('source', 'oooooo')[0]?.outcomes ?? [];
    const report = { host: www, side: 'source', outcomes, certificate: certificate(leftMs) } as const;
    return story.observe({ probes: [report] });
  }

  test('the certificate seen last is kept when a later tick sees none', () => {
    const story = shown(shown(Story.observing(0), 61 * dayMs), 60 * dayMs);
    story.observe({ probes: story.probes('source', 'xxx') });
    expect(runningClocks(story.state, story.now)).toEqual([
      {
        ...certificate(60 * dayMs),
        host: www,
        side: 'source',
        rollbackUntil: plus(start, 60 * dayMs),
        isShort: false,
      },
    ]);
  });

  test('fault 56: it is too short when it is less than the bake and three days', () => {
    const needed = planOf().policy.bakeMs + 3 * dayMs;
    const isShort = (leftMs: number): boolean | undefined => {
      const story = shown(Story.observing(0), leftMs);
      return runningClocks(story.state, story.now)[0]?.isShort;
    };
    expect([isShort(needed), isShort(needed - 1)]).toEqual([false, true]);
  });

  test('once a rollback is under way, or all is over, nobody is told how long one is possible', () => {
    const story = shown(Story.observing(0), 61 * dayMs).requestRollback();
    expect(runningClocks(story.state, story.now)[0]?.rollbackUntil).toBeNull();
    const over = { ...story.state, phase: { phase: 'completed', at: start } } as const;
    expect(runningClocks(over, story.now)).toEqual([]);
  });
});
