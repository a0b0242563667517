/** Text in a figure must not become markup. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

type Attributes = Readonly<Record<string, string | number>>;

/** `<name ...>content</name>`; numbers keep one decimal, so that a figure changes only when something moved. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? Number(value.toFixed(1)) : escaped(value)}"`,
  );
  return `<${name}${written.join('')}${content === '' ? '/>' : `>${content}</${name}>`}`;
}

export function label(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escaped(text));
}

export function line(x1: number, y1: number, x2: number, y2: number, attributes: Attributes): string {
  return element('line', { x1, y1, x2, y2, ...attributes });
}

export const ink = '#24292f';
export const pale = '#d0d7de';

/** A whole figure on white, readable on any page. */
export function figure(width: number, height: number, title: string, parts: readonly string[]): string {
  const heading = label(16, 24, title, { 'font-size': 15, 'font-weight': 'bold' });
  const background = element('rect', { width, height, fill: '#ffffff' });
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': 'system-ui, sans-serif',
    'font-size': 12,
    fill: ink,
    role: 'img',
  };
  const body = [element('title', {}, escaped(title)), background, heading, ...parts];
  return `${element('svg', attributes, `\n${body.join('\n')}\n`)}\n`;
}

/** From values to pixels. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

/** Powers of ten, and what lies outside is drawn at the edge. */
export function logScale(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  show: (value: number) => string,
): Scale {
  const ticks = [];
  for (let value = low; value <= high * 1.001; value *= 10) ticks.push({ value, text: show(value) });
  const span = Math.log(high / low);
  const at = (value: number): number =>
    from + ((to - from) * Math.log(Math.min(high, Math.max(low, value)) / low)) / span;
  return { at, ticks };
}

export function linearScale(
  high: number,
  steps: number,
  [from, to]: readonly [number, number],
  show: (value: number) => string,
): Scale {
  const ticks = Array.from({ length: steps + 1 }, (_, i) => {
    const value = (high * i) / steps;
    return { value, text: show(value) };
  });
  return { at: (value) => from + ((to - from) * Math.min(high, Math.max(0, value))) / high, ticks };
}

/** The plot's area in pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function xAxis(scale: Scale, { left, right, top, bottom }: Frame, title: string): string[] {
  return [
    ...scale.ticks.flatMap(({ value, text }) => [
      line(scale.at(value), top, scale.at(value), bottom, { stroke: pale }),
      label(scale.at(value), bottom + 18, text, { 'text-anchor': 'middle' }),
    ]),
    label((left + right) / 2, bottom + 38, title, { 'text-anchor': 'middle' }),
  ];
}

export function yAxis(scale: Scale, { left, right, top }: Frame, title: string): string[] {
  return [
    ...scale.ticks.flatMap(({ value, text }) => [
      line(left, scale.at(value), right, scale.at(value), { stroke: pale }),
      label(left - 8, scale.at(value) + 4, text, { 'text-anchor': 'end' }),
    ]),
    label(16, top - 10, title),
  ];
}

/** Coloured names below each other. */
export function legend(x: number, y: number, entries: readonly { name: string; colour: string }[]): string[] {
  return entries.flatMap(({ name, colour }, i) => [
    element('rect', { x, y: y + i * 18 - 10, width: 11, height: 11, fill: colour }),
    label(x + 17, y + i * 18, name),
  ]);
}
