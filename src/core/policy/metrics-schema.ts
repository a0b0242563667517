import { z } from 'zod';
import type { MetricsText } from './metrics-text.js';
import { wrongKind } from './schema-check.js';

/** More would be a mistake in the file. */
const maxLabels = 30;
const maxQueries = 10;

const name = z.string().min(1).max(255);
const labels = z
  .record(name, z.string().min(1).max(255))
  .refine((values) => Object.keys(values).length <= maxLabels, {
    error: `must have at most ${maxLabels} entries`,
  });
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/, {
  error: 'is not an AWS region; write for example eu-west-1',
});
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error: 'is not the name of an environment variable; secrets are named here, never written down',
});

const loadBalancer = z.strictObject({
  loadBalancer: name.meta({ description: 'ARN of the Application Load Balancer.' }),
  targetGroup: name
    .exactOptional()
    .meta({ description: 'ARN of the target group that serves this host alone.' }),
});

const cloudFront = z.strictObject({
  cloudFront: name.meta({ description: 'Id of the distribution.' }),
});

const apiGateway = z.strictObject({
  apiGateway: z.strictObject({
    region,
    /** A REST API is named in its metrics, an HTTP API has its id there. */
    restApi: name.exactOptional().meta({ description: 'Name of a REST API.' }),
    httpApi: name.exactOptional().meta({ description: 'Id of an HTTP API.' }),
    stage: name.exactOptional(),
  }),
});

const metricName = z.strictObject({ metric: name, statistic: name.prefault('Sum') });

const cloudWatch = z.strictObject({
  cloudWatch: z.strictObject({
    region,
    namespace: name,
    dimensions: labels,
    bad: z.array(metricName).min(1).max(maxQueries),
    total: metricName,
    latency: metricName.exactOptional().meta({ description: 'A quantile of the response time, in seconds.' }),
  }),
});

const server = {
  url: z
    .string()
    .regex(/^https?:\/\//, { error: 'is not a URL; write for example https://prometheus.example.com' }),
  basic: z.strictObject({ user: name, passwordVariable: variable }).exactOptional(),
  bearerVariable: variable.exactOptional(),
  headerVariables: z.record(name, variable).exactOptional(),
  clientCertificate: z.strictObject({ certFile: name, keyFile: name }).exactOptional(),
  caFile: name.exactOptional(),
};

const query = z.string().min(1).max(4000);

const prometheus = z.strictObject({
  prometheus: z.strictObject({
    ...server,
    linkerd: z.strictObject({ namespace: name, deployment: name }).exactOptional(),
    istio: z.strictObject({ namespace: name, workload: name }).exactOptional(),
    ingressNginx: z
      .strictObject({
        namespace: name,
        ingress: name,
        namespaceLabel: z.enum(['namespace', 'exported_namespace']).prefault('namespace'),
      })
      .exactOptional(),
    traefik: z.strictObject({ service: name }).exactOptional(),
    bad: query.exactOptional().meta({ description: 'PromQL; $bucket is the length of a bucket.' }),
    total: query.exactOptional(),
    latency: query.exactOptional().meta({ description: 'Seconds.' }),
  }),
});

const sideMetrics = z.union(
  [z.literal('auto'), loadBalancer, cloudFront, apiGateway, cloudWatch, prometheus],
  {
    error: (issue) =>
      wrongKind(
        'auto, or a mapping with loadBalancer, cloudFront, apiGateway, cloudWatch or prometheus',
        issue.input,
      ),
  },
);

const gauge = z.strictObject({
  worse: z.enum(['high', 'low']).prefault('high'),
  limit: z.number().exactOptional().meta({ description: 'Bad beyond it; from history when it is left out.' }),
  cloudWatch: z
    .strictObject({
      region,
      namespace: name,
      dimensions: labels,
      metric: name,
      statistic: name.prefault('Maximum'),
    })
    .exactOptional(),
  prometheus: z.strictObject({ ...server, query }).exactOptional(),
});

/** How a host's users are counted on both sides. */
export const metricsSchema: z.ZodType<MetricsText> = z
  .strictObject({
    source: sideMetrics.prefault('auto'),
    target: sideMetrics.prefault('auto'),
    gauges: z.record(name, gauge).prefault({}),
    sharedTarget: z.boolean().prefault(false).meta({
      description: "The target's metrics count other sites too: they may roll back, only a person promotes.",
    }),
  })
  .meta({
    description: "Where the users' requests are counted; found from the endpoints when it is left out.",
  });
