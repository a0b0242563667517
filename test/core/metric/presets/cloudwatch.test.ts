import { describe, expect, it } from 'vitest';
import type { CloudWatchSpec, MetricQuery } from '../../../../src/core/metric/metric-query.js';
import { cloudWatchGauge } from '../../../../src/core/metric/presets/cloudwatch.js';
import { apiGatewayQueries } from '../../../../src/core/metric/presets/cloudwatch-api-gateway.js';
import { cloudFrontQueries } from '../../../../src/core/metric/presets/cloudwatch-cloudfront.js';
import {
  ecsQueries,
  loadBalancerQueries,
  type LoadBalancerPlace,
} from '../../../../src/core/metric/presets/cloudwatch-load-balancer.js';
import type { RecordName } from '../../../../src/core/record-name.js';

const whose = { host: 'www.example.com.' as RecordName, side: 'target' } as const;
const LoadBalancer = 'app/web/50dc6c495c0c9188';
const TargetGroup = 'targetgroup/web/73e2d6bc24d8a067';
const whole: LoadBalancerPlace = {
  region: 'eu-west-1',
  loadBalancer: LoadBalancer,
  targetGroup: null,
  shared: false,
};
const unshared: LoadBalancerPlace = { ...whole, targetGroup: TargetGroup };
const shared = { ...whole, targetGroup: TargetGroup, shared: true };

/** Role, metric, statistic, unit and the names of the dimensions, in a line. */
function lines(queries: readonly MetricQuery[]): readonly string[] {
  return queries.map((query) => {
    const spec = specOf(query);
    const dimensions = Object.keys(spec.dimensions).join('+');
    return `${query.role} ${spec.metricName} ${spec.statistic} ${query.unit} ${query.whenMissing} ${dimensions}`;
  });
}

function specOf({ spec }: MetricQuery): CloudWatchSpec {
  if (spec.source !== 'cloudwatch') throw new Error('not for CloudWatch');
  return spec;
}

describe('a load balancer', () => {
  it('that serves one target group is measured as a whole, with the health checks as sentinel', () => {
    expect(lines(loadBalancerQueries(unshared, whose))).toEqual([
      'bad HTTPCode_Target_5XX_Count Sum count zero-if-sentinel LoadBalancer',
      'bad HTTPCode_ELB_5XX_Count Sum count zero-if-sentinel LoadBalancer',
      'total RequestCount Sum count unknown LoadBalancer',
      'total HTTPCode_ELB_503_Count Sum count zero-if-sentinel LoadBalancer',
      'latency TargetResponseTime p99 seconds unknown LoadBalancer',
      'sentinel RequestCount Sum number unknown LoadBalancer',
      'sentinel HTTPCode_ELB_5XX_Count Sum number zero-if-sentinel LoadBalancer',
      'sentinel HealthyHostCount Minimum number unknown LoadBalancer+TargetGroup',
    ]);
  });

  it('without a known target group has its own counters as sentinels', () => {
    const queries = loadBalancerQueries(whole, whose);
    expect(lines(queries)).toEqual(lines(loadBalancerQueries(unshared, whose)).slice(0, -1));
    expect(queries.filter(({ role }) => role === 'sentinel')).toHaveLength(2);
  });

  it("that is shared is measured at the target group, and its own errors are nobody's", () => {
    const queries = loadBalancerQueries(shared, whose);
    expect(lines(queries)).toEqual([
      'bad HTTPCode_Target_5XX_Count Sum count zero-if-sentinel LoadBalancer+TargetGroup',
      'bad TargetConnectionErrorCount Sum count zero-if-sentinel LoadBalancer+TargetGroup',
      'total RequestCount Sum count unknown LoadBalancer+TargetGroup',
      'latency TargetResponseTime p99 seconds unknown LoadBalancer+TargetGroup',
      'sentinel HealthyHostCount Minimum number unknown LoadBalancer+TargetGroup',
    ]);
    expect(queries.map(specOf)[0]).toEqual({
      source: 'cloudwatch',
      region: 'eu-west-1',
      namespace: 'AWS/ApplicationELB',
      metricName: 'HTTPCode_Target_5XX_Count',
      dimensions: { LoadBalancer, TargetGroup },
      statistic: 'Sum',
    });
  });

  it('never asks for an error of its own with a target group, which does not exist', () => {
    for (const place of [whole, unshared, shared]) {
      for (const { metricName, dimensions } of loadBalancerQueries(place, whose).map(specOf)) {
        if (metricName.startsWith('HTTPCode_ELB')) expect(Object.keys(dimensions)).toEqual(['LoadBalancer']);
      }
    }
  });

  it('tells the share of slow requests where a limit is named', () => {
    for (const place of [unshared, shared]) {
      expect(lines(loadBalancerQueries(place, whose, { slowerThanSeconds: 0.5 }))).toContainEqual(
        expect.stringContaining('slow TargetResponseTime PR(0.5:) ratio unknown'),
      );
    }
  });

  it('in front of an ECS service is measured like any other', () => {
    expect(ecsQueries(shared, whose)).toEqual(loadBalancerQueries(shared, whose));
  });
});

describe('CloudFront', () => {
  it('is measured in us-east-1 under Region=Global, its failures as a ratio of its requests', () => {
    const queries = cloudFrontQueries({ distributionId: 'E1', additionalMetrics: false }, whose);
    expect(lines(queries)).toEqual([
      'bad 5xxErrorRate Average ratio unknown DistributionId+Region',
      'total Requests Sum count unknown DistributionId+Region',
      'sentinel Requests Sum number unknown DistributionId+Region',
    ]);
    for (const { region, namespace, dimensions } of queries.map(specOf)) {
      expect([region, namespace, dimensions]).toEqual([
        'us-east-1',
        'AWS/CloudFront',
        { DistributionId: 'E1', Region: 'Global' },
      ]);
    }
  });

  it('has times only among the additional metrics', () => {
    const queries = cloudFrontQueries({ distributionId: 'E1', additionalMetrics: true }, whose);
    expect(lines(queries)).toContain('latency OriginLatency p99 seconds unknown DistributionId+Region');
  });
});

describe('API Gateway', () => {
  it('names the metrics of a REST API by the name of the API', () => {
    const api = { kind: 'rest', apiName: 'shop' } as const;
    const queries = apiGatewayQueries({ region: 'eu-west-1', api, stage: 'prod' }, whose);
    expect(lines(queries)).toEqual([
      'bad 5XXError Sum count zero-if-sentinel ApiName+Stage',
      'total Count SampleCount count unknown ApiName+Stage',
      'latency Latency p99 seconds unknown ApiName+Stage',
      'sentinel Count SampleCount number unknown ApiName+Stage',
    ]);
    expect(queries.map(specOf)[0]?.dimensions).toEqual({ ApiName: 'shop', Stage: 'prod' });
  });

  it('names those of an HTTP API by its id, with another name for failures', () => {
    const api = { kind: 'http', apiId: 'a1b2c3' } as const;
    const queries = apiGatewayQueries({ region: 'eu-west-1', api, stage: null }, whose);
    expect(lines(queries)[0]).toBe('bad 5xx Sum count zero-if-sentinel ApiId');
    expect(queries.map(specOf)[0]?.dimensions).toEqual({ ApiId: 'a1b2c3' });
  });
});

describe('a gauge', () => {
  const spec = {
    region: 'eu-west-1',
    namespace: 'AWS/RDS',
    metricName: 'DatabaseConnections',
    dimensions: { DBInstanceIdentifier: 'db' },
    statistic: 'Maximum',
  };

  it('is any metric by name and dimensions', () => {
    expect(cloudWatchGauge('connections', whose, spec)).toEqual({
      id: 'www.example.com.target.gauge.connections',
      host: 'www.example.com.',
      side: 'target',
      role: 'gauge',
      unit: 'number',
      whenMissing: 'unknown',
      name: 'connections',
      spec: { source: 'cloudwatch', ...spec },
    });
  });

  it('has an id that is fit for any name and differs for any two', () => {
    const names = ['a b', 'a-b', 'a.b', 'a.20.b', 'a_b', 'ab', 'ä', '😀', 'A b'];
    const ids = names.map((name) => cloudWatchGauge(name, whose, spec).id);
    expect(new Set(ids).size).toBe(names.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9.-]+$/);
  });
});

describe('the queries of every preset', () => {
  const all = (side: 'source' | 'target', host: string): readonly MetricQuery[] => {
    const measured = { side, host: host as RecordName };
    const api = { kind: 'rest', apiName: 'a' } as const;
    return [
      ...loadBalancerQueries(unshared, measured, { slowerThanSeconds: 1 }),
      ...apiGatewayQueries(
        { region: 'eu-west-1', api, stage: null },
        { ...measured, host: `x${host}` as RecordName },
      ),
    ];
  };

  it('have ids of letters, digits, hyphens and dots that are unique over hosts and sides', () => {
    const queries = [
      ...all('source', 'a.example.com.'),
      ...all('target', 'a.example.com.'),
      ...all('target', 'b.example.com.'),
    ];
    expect(new Set(queries.map(({ id }) => id)).size).toBe(queries.length);
    for (const { id } of queries) expect(id).toMatch(/^[A-Za-z0-9.-]+$/);
  });

  it('are plain JSON, as a plan must hold them', () => {
    const queries = all('source', 'a.example.com.');
    expect(JSON.parse(JSON.stringify(queries))).toEqual(queries);
  });
});
