import { faults } from './cells.js';
import { oracle, shift, type Contestant } from './contestants.js';
import { mean, meanHarm } from './tally.js';
import type { Results } from './summary.js';
import {
  element,
  figure,
  label,
  legend,
  line,
  linearScale,
  logScale,
  xAxis,
  yAxis,
  type Frame,
} from './svg.js';
import { nearZeroTable } from './tables.js';

/** Five figures by file name. */
export function figuresOf(results: Results): Record<string, string> {
  return {
    'harm-and-false-rollbacks.svg': harmAndFalseRollbacks(results),
    'harm-by-traffic.svg': harmByTraffic(results),
    'detection-delay.svg': detectionDelay(results),
    'reached-everything.svg': reachedEverything(results),
    'near-zero.svg': nearZero(results),
  };
}

const colours: readonly [string, string][] = [
  ['shift', '#0969da'],
  ['oracle', '#8c959f'],
  ['Flagger', '#bf8700'],
  ['Argo 1', '#cf222e'],
  ['Argo 5', '#e16f96'],
  ['alarm', '#1a7f37'],
  ['Kayenta', '#8250df'],
];

function colourOf({ name }: Contestant): string {
  return colours.find(([start]) => name.startsWith(start))?.[1] ?? '#57606a';
}

const percentOf = (value: number): string => `${Number((value * 100).toPrecision(1))} %`;

/** One point per rule: how often it rolls sound migrations back, and what bad ones cost under it. */
function harmAndFalseRollbacks(results: Results): string {
  const frame: Frame = { left: 70, right: 640, top: 60, bottom: 400 };
  const x = logScale([0.001, 1], [frame.left, frame.right], percentOf);
  const y = logScale([0.1, 10], [frame.bottom, frame.top], String);
  const points = results
    .contestants()
    .filter(({ kind }) => kind !== 'tuned')
    .map((contestant) => results.summary(contestant));
  const drawn = points.map(({ contestant, falseWorst, harm }, i) => {
    const at = { cx: x.at(falseWorst), cy: y.at(harm) };
    const isCalibrated = contestant.kind !== 'documented';
    const fill = isCalibrated ? colourOf(contestant) : '#ffffff';
    const circle = element('circle', { ...at, r: 6, fill, stroke: colourOf(contestant), 'stroke-width': 2 });
    return circle + label(at.cx + 9, at.cy - 6, String(i + 1), { 'font-size': 11 });
  });
  const names = points.map(({ contestant }, i) => ({
    name: `${i + 1}  ${contestant.name}`,
    colour: colourOf(contestant),
  }));
  const budget = x.at(0.01);
  return figure(940, 460, 'Harm of bad migrations against false rollbacks of sound ones', [
    ...xAxis(x, frame, 'false rollbacks in the worst class of services (0.1 % or less at the left edge)'),
    ...yAxis(y, frame, 'harm: failed requests, in minutes of full traffic'),
    line(budget, frame.top, budget, frame.bottom, { stroke: '#cf222e', 'stroke-dasharray': '5 4' }),
    label(budget + 5, frame.top + 12, '1 %', { fill: '#cf222e' }),
    ...drawn,
    ...legend(665, 75, names),
    label(665, 75 + names.length * 18 + 8, 'Filled: calibrated to 1 %. Hollow: as documented.', {
      'font-size': 11,
    }),
  ]);
}

/** Harm over ours, by traffic, for rivals that are tuned for every class of services. */
function harmByTraffic(results: Results): string {
  const frame: Frame = { left: 70, right: 760, top: 60, bottom: 360 };
  const rivals = [oracle, ...results.contestants().filter(({ kind }) => kind === 'tuned')];
  const levels = [...new Set(results.of(shift, 'bad').map(({ cell }) => cell.rps))];
  const y = logScale([0.1, 100], [frame.bottom, frame.top], (value) => `x${Number(value.toPrecision(1))}`);
  const groupWidth = (frame.right - frame.left) / levels.length;
  const barWidth = (groupWidth * 0.8) / rivals.length;
  const harm = (contestant: Contestant, rps: number): number =>
    mean(results.of(contestant, 'bad', (cell) => cell.rps === rps).map(({ tally }) => meanHarm(tally)));
  const bars = levels.flatMap((rps, group) => {
    const left = frame.left + groupWidth * (group + 0.1);
    const drawn = rivals.map((rival, i) => {
      const ratio = harm(rival, rps) / harm(shift, rps);
      const top = Math.min(y.at(ratio), y.at(1));
      const bar = {
        x: left + i * barWidth,
        y: top,
        width: barWidth - 2,
        height: Math.abs(y.at(ratio) - y.at(1)),
      };
      const above = ratio >= 1 ? top - 4 : top + bar.height + 12;
      return (
        element('rect', { ...bar, fill: colourOf(rival) }) +
        label(bar.x + barWidth / 2 - 1, above, ratio.toFixed(1), { 'text-anchor': 'middle', 'font-size': 10 })
      );
    });
    return [
      ...drawn,
      label(left + groupWidth * 0.4, frame.bottom + 18, `${rps} rps`, { 'text-anchor': 'middle' }),
    ];
  });
  const entries = rivals.map((rival) => ({ name: rival.name, colour: colourOf(rival) }));
  return figure(930, 400, 'Harm over ours, with every rival tuned for each class of services', [
    ...yAxis(y, frame, 'harm of the rule over ours'),
    ...bars,
    line(frame.left, y.at(1), frame.right, y.at(1), { stroke: '#0969da', 'stroke-width': 2 }),
    label(frame.right + 6, y.at(1) + 4, 'ours', { fill: '#0969da' }),
    ...legend(790, 75, entries),
  ]);
}

/** How long a constant fault goes on until it is rolled back. */
function detectionDelay(results: Results): string {
  const frame: Frame = { left: 70, right: 640, top: 60, bottom: 380 };
  const constant = faults.filter(
    ({ ratio, fromStage, fromMinute }) => ratio === 1 && fromStage === 0 && fromMinute === 0,
  );
  const x = logScale([0.001, 1], [frame.left, frame.right], percentOf);
  const y = logScale([1, 1000], [frame.bottom, frame.top], String);
  const levels = [...new Set(results.of(shift, 'bad').map(({ cell }) => cell.rps))];
  const shades = ['#b6e3ff', '#6cb6ff', '#218bff', '#0550ae', '#002155'];
  const lines = levels.flatMap((rps, i) => {
    const points = constant
      .flatMap(({ name, excess }) => {
        const { delays, delayMinutes } = results.pooled(
          shift,
          'bad',
          ({ rps: level, fault }) => level === rps && fault?.name === name,
        );
        return delays === 0 ? [] : [{ excess, minutes: delayMinutes / delays }];
      })
      .toSorted((a, b) => a.excess - b.excess)
      .map(({ excess, minutes }) => ({ cx: x.at(excess), cy: y.at(minutes) }));
    const stroke = shades[i] ?? '#0969da';
    const path = points.map(({ cx, cy }) => `${cx.toFixed(1)},${cy.toFixed(1)}`).join(' ');
    return [
      element('polyline', { points: path, fill: 'none', stroke, 'stroke-width': 2 }),
      ...points.map((point) => element('circle', { ...point, r: 3.5, fill: stroke })),
    ];
  });
  const entries = levels.map((rps, i) => ({ name: `${rps} rps`, colour: shades[i] ?? '#0969da' }));
  return figure(780, 440, 'Minutes until ours rolls back a target that is worse by a constant rate', [
    ...xAxis(x, frame, 'excess error rate of the target'),
    ...yAxis(y, frame, 'minutes, of those rolled back; 1 to 3 of them are metric delay'),
    ...lines,
    ...legend(665, 75, entries),
  ]);
}

/** How many bad migrations carry all traffic before anyone notices. */
function reachedEverything(results: Results): string {
  const rules = results.contestants().filter(({ kind }) => kind !== 'documented');
  const frame: Frame = { left: 230, right: 700, top: 60, bottom: 60 + rules.length * 46 };
  const x = linearScale(1, 5, [frame.left, frame.right], percentOf);
  const shades = { gross: '#cf222e', moderate: '#e16f24', subtle: '#eac54f' };
  const bars = rules.flatMap((contestant, i) => {
    const { lastBy } = results.summary(contestant);
    const top = frame.top + i * 46 + 6;
    const drawn = (['gross', 'moderate', 'subtle'] as const).map((severity, j) => {
      const share = lastBy[severity];
      const y = top + j * 12;
      const bar = { x: frame.left, y, width: x.at(share) - frame.left, height: 10 };
      const text = `${(share * 100).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`;
      return (
        element('rect', { ...bar, fill: shades[severity] }) +
        label(x.at(share) + 4, y + 9, text, { 'font-size': 10 })
      );
    });
    return [label(frame.left - 10, top + 21, contestant.name, { 'text-anchor': 'end' }), ...drawn];
  });
  const entries = Object.entries(shades).map(([name, colour]) => ({ name: `${name} fault`, colour }));
  return figure(860, frame.bottom + 60, 'Bad migrations that reached 100 % of the traffic', [
    ...xAxis(x, frame, 'of all bad migrations'),
    ...bars,
    ...legend(745, 75, entries),
  ]);
}

/** The table of services with hardly any requests. */
function nearZero(results: Results): string {
  const { title, head, rows } = nearZeroTable(results);
  const rowHeight = 44;
  const columnWidth = 120;
  const left = 240;
  const cellText = (text: string, x: number, y: number): string[] =>
    text.split(', ').map((part, i) => {
      const isAtLast = part.endsWith('at 100 %') && !part.startsWith('0 %');
      return label(x, y + i * 12, part, { 'font-size': 10, fill: isAtLast ? '#cf222e' : '#24292f' });
    });
  const parts = [head, ...rows].flatMap((row, i) => {
    const y = 56 + i * rowHeight;
    return [
      ...row.flatMap((text, j) =>
        j === 0 ? [label(16, y + 12, text)] : cellText(text, left + (j - 1) * columnWidth, y),
      ),
      line(16, y + 30, left + (head.length - 1) * columnWidth, y + 30, { stroke: '#d0d7de' }),
    ];
  });
  return figure(
    left + (head.length - 1) * columnWidth + 20,
    70 + (rows.length + 1) * rowHeight,
    title,
    parts,
  );
}
