import type { SideName } from '../probe.js';
import type { RecordName } from '../record-name.js';

/** What a metric means to the gate. Several queries of one side with the role `bad` or `total` are added up. */
export type MetricRole =
  /** Requests that failed: 5xx of the application and of the balancer or router in front of it. */
  | 'bad'
  | 'total'
  /** Requests slower than a limit that the query names. */
  | 'slow'
  /** A high quantile of the response time. */
  | 'latency'
  | 'gauge'
  /** Never judged; its presence proves that a metric that is missing beside it means zero. */
  | 'sentinel';

/**
 * What a bucket without a point means. `zero-if-sentinel`: zero where a sentinel or a total above zero of the same side stands in
 * the same bucket, else unknown. `fail`: the side is taken as failing.
 */
export type WhenMissing = 'zero-if-sentinel' | 'unknown' | 'fail';

/** One series to ask for. Part of the frozen plan, so it is plain JSON and holds no secrets. */
export interface MetricQuery {
  /** Unique within one call of a source; letters, digits, `-` and `.`. */
  readonly id: string;
  readonly host: RecordName;
  readonly side: SideName;
  readonly role: MetricRole;
  /** A `ratio` lies between 0 and 1; as `bad` or `slow` it is a share of the requests of its own bucket. */
  readonly unit: 'count' | 'seconds' | 'ratio' | 'number';
  readonly whenMissing: WhenMissing;
  /** The gauge's name as people know it; the role for everything else. */
  readonly name: string;
  readonly spec: MetricSpec;
}

/** What each source needs to ask for a series; opaque to everything above the source. */
export type MetricSpec = CloudWatchSpec | RouterSpec | PrometheusSpec;

export type MetricSourceKind = MetricSpec['source'];

export interface CloudWatchSpec {
  readonly source: 'cloudwatch';
  readonly region: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Average`, `Maximum`, `SampleCount`, `p99`, `PR(0.5:)` and the like. */
  readonly statistic: string;
}

/** One number of the router lines of an app, counted by this program itself. */
export interface RouterSpec {
  readonly source: 'heroku-router';
  readonly app: string;
  /** Where requests of our own are sent to be heard in the log. */
  readonly route: RouterRoute;
  readonly measure:
    | { readonly kind: 'requests' | 'errors' }
    | { readonly kind: 'slower'; readonly limitMs: number }
    /** `quantile` between 0 and 1. */
    | { readonly kind: 'quantile'; readonly quantile: number };
}

/** How an app is reached as the live host. */
export interface RouterRoute {
  /** The DNS target Heroku gave the domain. */
  readonly dnsName: string;
  readonly port: number;
  readonly path: string;
}

export interface PrometheusSpec {
  readonly source: 'prometheus';
  readonly server: PrometheusServer;
  /** PromQL that gives one series; `$bucket` stands for the length of a bucket, for instance `60s`. */
  readonly query: string;
}

/** How a server is reached. Secrets are named by environment variable or file, never written down. */
export interface PrometheusServer {
  /** `https://...` with an optional path before `/api/v1`; plain http on loopback only. */
  readonly url: string;
  readonly auth:
    | { readonly kind: 'none' }
    | { readonly kind: 'basic'; readonly user: string; readonly passwordVariable: string }
    | { readonly kind: 'bearer'; readonly tokenVariable: string };
  /** Header name to the environment variable that holds its value, for instance `X-Scope-OrgID`. */
  readonly headerVariables: Readonly<Record<string, string>>;
  /** Client certificate and key, PEM files; null without mutual TLS. */
  readonly clientCertificate: { readonly certFile: string; readonly keyFile: string } | null;
  /** PEM file of further authorities, or null. */
  readonly caFile: string | null;
}
