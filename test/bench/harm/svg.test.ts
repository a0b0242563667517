import { expect, test } from 'vitest';
import { element, figure, label, logScale } from './svg.js';

test('text cannot become markup', () => {
  expect(label(1, 2, 'a < b & "c"')).toBe('<text x="1" y="2">a &lt; b &amp; &quot;c&quot;</text>');
});

test('an element without content closes itself and rounds its numbers', () => {
  expect(element('circle', { cx: 1.26, r: 3 })).toBe('<circle cx="1.3" r="3"/>');
});

test('a figure says what it shows to those who cannot see it', () => {
  expect(figure(10, 10, 'Harm', [])).toContain('<title>Harm</title>');
});

test('a logarithmic scale puts powers of ten at equal distances and what lies outside at its ends', () => {
  const scale = logScale([0.1, 10], [0, 100], String);
  expect([0.1, 1, 10, 1000, 0].map(scale.at)).toEqual([0, 50, 100, 100, 0]);
  expect(scale.ticks).toHaveLength(3);
});
