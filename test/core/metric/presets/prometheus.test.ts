import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MetricQuery } from '../../../../src/core/metric/metric-query.js';
import {
  ingressNginxQueries,
  istioQueries,
  linkerdQueries,
  traefikQueries,
  type MeasuredSide,
} from '../../../../src/core/metric/presets/prometheus.js';
import { hostName, type RecordName } from '../../../../src/core/record-name.js';

const side: MeasuredSide = {
  host: name('www.example.com'),
  side: 'target',
  idPrefix: 'www.example.com-target',
  server: {
    url: 'https://prometheus.example.com',
    auth: { kind: 'none' },
    headerVariables: {},
    clientCertificate: null,
    caFile: null,
  },
};

const nginx = { namespace: 'shop', ingress: 'web', namespaceLabel: 'namespace' } as const;

const presets = [
  [
    'linkerd',
    linkerdQueries(side, { namespace: 'shop', deployment: 'web' }),
    'response_total{direction="inbound",namespace="shop",deployment="web"}',
    'response_total{direction="inbound",namespace="shop",deployment="web",classification="failure"}',
    'response_latency_ms_bucket{direction="inbound",namespace="shop",deployment="web"}',
    ' / 1000',
  ],
  [
    'istio',
    istioQueries(side, { namespace: 'shop', workload: 'web' }),
    'istio_requests_total{reporter="destination",destination_workload_namespace="shop",destination_workload="web"}',
    'istio_requests_total{reporter="destination",destination_workload_namespace="shop",destination_workload="web",response_code=~"5.."}',
    'istio_request_duration_milliseconds_bucket{reporter="destination",destination_workload_namespace="shop",destination_workload="web"}',
    ' / 1000',
  ],
  [
    'ingress-nginx',
    ingressNginxQueries(side, nginx),
    'nginx_ingress_controller_requests{namespace="shop",ingress="web"}',
    'nginx_ingress_controller_requests{namespace="shop",ingress="web",status=~"5.."}',
    'nginx_ingress_controller_request_duration_seconds_bucket{namespace="shop",ingress="web"}',
    '',
  ],
  [
    'traefik',
    traefikQueries(side, { service: 'shop@docker' }),
    'traefik_service_request_duration_seconds_count{service="shop@docker"}',
    'traefik_service_request_duration_seconds_count{service="shop@docker",code=~"5.."}',
    'traefik_service_request_duration_seconds_bucket{service="shop@docker"}',
    '',
  ],
] as const;

describe.each(presets)('%s', (_name, queries, total, bad, buckets, scale) => {
  test('is failures, requests and response time of one side', () => {
    expect(queries.map(({ id, role, unit, whenMissing }) => [id, role, unit, whenMissing])).toEqual([
      ['www.example.com-target.bad', 'bad', 'count', 'zero-if-sentinel'],
      ['www.example.com-target.total', 'total', 'count', 'unknown'],
      ['www.example.com-target.latency', 'latency', 'seconds', 'unknown'],
    ]);
    expect(queries.every((query) => query.host === side.host && query.side === 'target')).toBe(true);
  });

  test('selects the series of the stack', () => {
    const [badText, totalText, latencyText] = queries.map(textOf);
    expect(totalText).toContain(`sum ((last_over_time(${total}[$bucket]) - `);
    expect(badText).toContain(`sum ((last_over_time(${bad}[$bucket]) - `);
    expect(latencyText).toContain(`sum by (le) ((last_over_time(${buckets}[$bucket]) - `);
    expect(latencyText).toMatch(/^histogram_quantile\(0\.95, /);
    expect(latencyText?.endsWith(`))${scale}`)).toBe(true);
  });

  test('has no value where nothing was seen of the requests in the bucket before', () => {
    const seen = `and on() count(last_over_time(${total}[$bucket] offset $bucket)))`;
    for (const query of queries) expect(textOf(query)).toContain(seen);
  });

  test('never invents a zero', () => {
    for (const query of queries) expect(textOf(query)).not.toMatch(/vector|absent|scalar|\b0 \*/);
  });
});

test('the namespace of an ingress may stand in another label', () => {
  const [bad] = ingressNginxQueries(side, { ...nginx, namespaceLabel: 'exported_namespace' });
  expect(textOf(bad!)).toContain('{exported_namespace="shop",ingress="web",status=~"5.."}');
});

test('a label value is a string of PromQL, whatever is in it', () => {
  const [bad] = traefikQueries(side, { service: 'a"b\\c\n$bucket{},=~5..' });
  expect(textOf(bad!)).toContain('{service="a\\"b\\\\c\\n\\x24bucket{},=~5..",code=~"5.."}');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (service) => {
      const text = textOf(traefikQueries(side, { service })[1]!);
      const [, quoted = ''] = /\{service=("(?:[^"\\\n]|\\.)*")\}\[\$bucket\]\) - /.exec(text) ?? [];
      expect(JSON.parse(quoted.replaceAll('\\x24', '$'))).toBe(service);
    }),
  );
});

function textOf({ spec }: MetricQuery): string {
  return spec.source === 'prometheus' ? spec.query : '';
}

function name(text: string): RecordName {
  const parsed = hostName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
