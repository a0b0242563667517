import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { htmlReport } from '../../../../src/cli/render/report/html-report.js';
import { migrationReport } from '../../../../src/core/report/migration-report.js';
import { plus } from '../../../../src/core/time.js';
import { completed, rolledBackByUsers } from '../../../core/report/journeys.js';
import { hostPlan, isObserving, Journey } from '../journey.js';

function pageOf({ events, now }: Journey): string {
  return htmlReport(migrationReport(events, plus(now, 60_000)));
}

/** The first place where a page is not well-formed XML after its document type, or null. */
function firstFlaw(page: string): string | null {
  const open: string[] = [];
  const rest = page
    .replace('<!DOCTYPE html>', '')
    .replace(
      /<(\/?)([a-z][a-z0-9]*)((?: [a-zA-Z0-9-]+="[^"<>]*")*)(\/?)>/g,
      (tag, end: string, name: string, _attributes, self: string) => {
        if (end === '' && self === '') open.push(name);
        if (end !== '' && open.pop() !== name) return `<- ${tag}`;
        return '';
      },
    );
  const text = /[<>]|&(?!(?:amp|lt|gt|quot|#39);)/.exec(rest);
  if (text !== null) return rest.slice(text.index, text.index + 60);
  return open.length === 0 ? null : `never closed: ${open.join(' ')}`;
}

test('a page that is not well-formed would be found out', () => {
  const page = '<!DOCTYPE html><p class="a">b<br/>c</p>';
  expect(firstFlaw(page)).toBe(null);
  expect(['<p><b></p></b>', '<p>', 'a & b', 'a < b', '<p class=a></p>'].map(firstFlaw)).not.toContain(null);
});

const hostile = '</td><script>alert(1)</script><img src=x onerror=alert(1)>\u001b[2J"\'&\u202e';

/** Everything that a server or a colleague may have written into a journal. */
function hostileJourney(): Journey {
  const journey = new Journey([hostPlan('www.shop.test', hostile)]).until(isObserving(25));
  journey.add({ type: 'paused', at: journey.now, by: hostile, because: hostile });
  return journey.until(({ phase }) => phase.phase === 'rolled-back', {
    target: { result: 'failed', because: hostile },
  });
}

describe('the page of a report', () => {
  test.each([
    ['a rollback', rolledBackByUsers()],
    ['a completed migration', completed()],
    ['a migration that is only planned', new Journey()],
    ['several hosts', rolledBackByUsers(['www.shop.test', 'api.shop.test'])],
    ['hostile text', hostileJourney()],
  ])('of %s is well-formed', (_name, journey) => {
    expect(firstFlaw(pageOf(journey))).toBe(null);
  });

  test('loads nothing, runs nothing, and names its own style', () => {
    const page = pageOf(rolledBackByUsers());
    expect(page).not.toMatch(
      /<script|javascript:|\son\w+=|<link|<img|<iframe|https?:|style="|@import|url\(/i,
    );
    const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
    expect(page).toContain(`content="${policy.replaceAll("'", '&#39;')}"`);
  });

  test('takes no text for markup and no byte for a command', () => {
    const page = pageOf(hostileJourney());
    expect(page).toContain('&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toMatch(/<script|<img/);
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test('tells the rollback with its times, the numbers behind it and every event', () => {
    const page = pageOf(rolledBackByUsers());
    expect(page).toContain('<h1>www.shop.test: rolled back</h1>');
    expect(page).toContain('no name server hands out the target');
    expect(page).toMatch(/<td class="first">accepted<\/td>\s*<td>\+0\.3s<\/td>/);
    expect(page).toMatch(/ROLLBACK {2}evidence over 1,000,000 : 1/);
    expect(page).toMatch(/rollback requested by the guard/);
    expect(page.match(/<figure>/g)).toHaveLength(3);
  });

  test('of many hosts charts a few and counts all', () => {
    const names = Array.from({ length: 9 }, (_, index) => `h${index}.shop.test`);
    const page = pageOf(rolledBackByUsers(names));
    expect(page.match(/<figure>/g)).toHaveLength(1 + 6 + 6);
    for (const name of names) expect(page).toMatch(new RegExp(`<td>${name}</td>`));
  });
});
