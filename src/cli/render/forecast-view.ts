import type { CostForecast } from '../../core/forecast/cost.js';
import type { Advice, Forecast, HostForecast, TrafficForecast } from '../../core/forecast/forecast.js';
import type { StageForecast } from '../../core/forecast/stage-forecast.js';
import { grouped, percent } from '../../core/gate/metrics/wording.js';
import { unreachable } from '../../core/result.js';
import { labelled } from './labelled.js';
import { labelColumns } from './line.js';
import { glance } from './moment.js';
import { safeCopy } from './safe-copy.js';
import { table } from './table.js';
import { column, reportColumns } from './width.js';

/** What to expect of each stage, what is too small for it, and what it costs. */
export function forecastLines(forecast: Forecast): string[] {
  const { hosts, cost } = safeCopy(forecast);
  return [...hosts.flatMap((host) => [...hostLines(host), '']), ...costLines(cost)];
}

function hostLines(forecast: HostForecast): string[] {
  const { host, because, traffic, advice } = forecast;
  const [measured] = traffic;
  if (because !== null || measured === undefined) {
    const assumed =
      traffic.length === 0
        ? []
        : [
            ...labelled('', 'So nobody knows how many requests there are. If there are so many:'),
            ...assumedTable(traffic),
          ];
    return [
      ...labelled('forecast', `${host}: unknown, because ${because ?? 'nothing was read'}.`),
      ...assumed,
    ];
  }
  const seen = `${rateText(measured.perMinute)} requests a minute, ${percent(measured.errorRate)} of which fail`;
  return [
    ...labelled('forecast', `${host}: ${seen} (source, ${forecast.buckets} buckets)`),
    ...stageTable(measured),
    ...legend(measured.stages),
    ...advice.flatMap((one) => labelled('', `⚠ ${adviceText(one, measured.stages)}`)),
    ...(advice.some(({ topic }) => topic === 'too-small') ? labelled('', choices) : []),
  ];
}

/** For a site with too little traffic. */
const choices =
  'Choices: a larger share, a longer dwell or gate.maxHold, a larger gate.budget, gate: {evidence: probes}, busier hours, or a person who approves.';

function stageTable({ stages }: TrafficForecast): string[] {
  const rows = [
    ['STAGE', 'A MINUTE', 'IN DWELL', 'EVIDENCE', 'THEN', 'FINDS'],
    ...stages.map((stage) => [
      `${stage.share}%`,
      rateText(stage.requestsPerMinute),
      grouped(stage.requestsInDwell),
      evidenceText(stage),
      `${stage.then === 'promotes' ? 'goes on' : 'asks'} at ${glance(stage.leavesAfterMs)}`,
      detectsText(stage),
    ]),
  ];
  return table(rows, reportColumns - labelColumns, ['IN DWELL', 'A MINUTE']).flatMap((line) =>
    labelled('', line),
  );
}

function legend(stages: readonly StageForecast[]): string[] {
  const cut = stages.some(({ isCut }) => isCut) ? ' Only the first hours of a long stage are computed.' : '';
  return [
    ...labelled('', 'Requests at the target; times from settling, if it is as good as now.'),
    ...labelled('', `FINDS: the smallest rise in failures that is rolled back by then.${cut}`),
  ];
}

/** One row for each traffic, one column for each stage; stages that do not fit go on in a table below. */
function assumedTable(traffic: readonly TrafficForecast[]): string[] {
  const stageCount = traffic[0]?.stages.length ?? 0;
  const starts = Array.from({ length: Math.ceil(stageCount / stagesInRow) }, (_, part) => part * stagesInRow);
  return [
    ...starts.flatMap((start) => assumedPart(traffic, start, start + stagesInRow)),
    ...labelled('', 'How long the evidence takes at each share; * then a person is asked.'),
    ...labelled('', 'FINDS: the smallest rise in failures that the first stage rolls back.'),
  ];
}

const rateColumns = 10;
const evidenceColumns = 9;

/** As many as fit at 80 columns beside the labels, the rate and what the first stage finds. */
const stagesInRow = 5;

function assumedPart(traffic: readonly TrafficForecast[], from: number, to: number): string[] {
  const line = (rate: string, stages: readonly string[], finds: string): string[] => {
    const cells = stages.map((cell) => column(cell, evidenceColumns));
    return labelled('', `${column(rate, rateColumns)}${cells.join('')}${from === 0 ? finds : ''}`.trimEnd());
  };
  const shares = (traffic[0]?.stages ?? []).map(({ share }) => `${share}%`);
  return [
    ...line('A MINUTE', shares.slice(from, to), 'FINDS'),
    ...traffic.flatMap(({ perMinute, stages }) => {
      const times = stages.map((stage) => evidenceText(stage) + (stage.then === 'asks' ? ' *' : ''));
      const finds = stages[0] === undefined ? '' : detectsText(stages[0]);
      return line(rateText(perMinute), times.slice(from, to), finds);
    }),
  ];
}

function rateText(perMinute: number): string {
  return perMinute >= 100 ? grouped(perMinute) : String(Number(perMinute.toPrecision(2)));
}

function evidenceText({ evidenceMs }: StageForecast): string {
  return evidenceMs === null ? 'never' : glance(evidenceMs);
}

function detectsText({ detects }: StageForecast): string {
  return detects === null ? 'nothing' : `+${percent(detects)}`;
}

function adviceText(advice: Advice, stages: readonly StageForecast[]): string {
  switch (advice.topic) {
    case 'shared-target':
      return "the target's metrics count other sites too (sharedTarget), so a person is asked at every stage";
    case 'too-small': {
      const rate = rateText(advice.requestsPerMinute);
      const takes = advice.evidenceMs === null ? 'never comes' : `takes ${glance(advice.evidenceMs)}`;
      return `at ${advice.share}% the target gets ${rate} requests a minute: the evidence ${takes}, so a person is asked`;
    }
    case 'first-stage': {
      const rate = rateText(advice.requestsPerMinute);
      const fewer = Number(((stages[0]?.share ?? advice.share) / advice.share).toFixed(1));
      return `a first stage of ${advice.share}% would still get ${rate} requests a minute, and a broken target would meet ${fewer} times fewer users: add ${advice.share} to stages`;
    }
    default:
      return unreachable(advice);
  }
}

function costLines({ cloudWatch, route53, durationMs, pricesOf }: CostForecast): string[] {
  const { metrics, readings } = cloudWatch;
  const read = `${dollars(cloudWatch.dollars)} CloudWatch: ${grouped(metrics)} metrics, ${grouped(readings)} times ($0.01 per 1,000)`;
  const asked = `${dollars(route53.dollars)} Route 53: our ${grouped(route53.queries)} DNS queries ($0.40 per million)`;
  const users = `${dollars(route53.dollarsPerThousandResolversDay)} a day more for each 1,000 resolvers that ask whenever the TTL allows`;
  return [
    ...labelled('cost', read),
    ...labelled('', asked),
    ...labelled('', users),
    ...labelled(
      '',
      `For ${glance(durationMs)}, at list prices of ${pricesOf}. Not counted: the hosted zone itself, whose price covers ${route53.records} more records, and discounts. Changes are free.`,
    ),
  ];
}

function dollars(amount: number): string {
  if (amount > 0 && amount < 0.01) return 'under $0.01';
  return `$${amount.toFixed(2)}`;
}
