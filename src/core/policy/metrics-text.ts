/** How a host's users are counted on both sides, as a migration file spells it; nothing in it has been looked up yet. */
export interface MetricsText {
  readonly source: SideMetricsText;
  readonly target: SideMetricsText;
  /** By the name that people use. */
  readonly gauges: Readonly<Record<string, GaugeText>>;
  /** The target's metrics count other sites too. */
  readonly sharedTarget: boolean;
}

/** `auto` finds it from the endpoint. */
export type SideMetricsText =
  | 'auto'
  /** ARNs. */
  | { readonly loadBalancer: string; readonly targetGroup?: string }
  /** Id of a distribution. */
  | { readonly cloudFront: string }
  | { readonly apiGateway: ApiGatewayText }
  | { readonly cloudWatch: CloudWatchText }
  | { readonly prometheus: PrometheusText };

export interface ApiGatewayText {
  readonly region: string;
  readonly restApi?: string;
  readonly httpApi?: string;
  readonly stage?: string;
}

export interface NamedMetric {
  readonly metric: string;
  readonly statistic: string;
}

interface CloudWatchPlace {
  readonly region: string;
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface CloudWatchText extends CloudWatchPlace {
  readonly bad: readonly NamedMetric[];
  readonly total: NamedMetric;
  readonly latency?: NamedMetric;
}

/** How a Prometheus server is reached; secrets are the names of environment variables. */
export interface ServerText {
  readonly url: string;
  readonly basic?: { readonly user: string; readonly passwordVariable: string };
  readonly bearerVariable?: string;
  readonly headerVariables?: Readonly<Record<string, string>>;
  readonly clientCertificate?: { readonly certFile: string; readonly keyFile: string };
  readonly caFile?: string;
}

/** Either ready-made queries of a mesh or ingress, or three of one's own. */
export interface PrometheusText extends ServerText {
  readonly linkerd?: { readonly namespace: string; readonly deployment: string };
  readonly istio?: { readonly namespace: string; readonly workload: string };
  readonly ingressNginx?: {
    readonly namespace: string;
    readonly ingress: string;
    readonly namespaceLabel: 'namespace' | 'exported_namespace';
  };
  readonly traefik?: { readonly service: string };
  readonly bad?: string;
  readonly total?: string;
  readonly latency?: string;
}

export interface GaugeText {
  readonly worse: 'high' | 'low';
  readonly limit?: number;
  readonly cloudWatch?: CloudWatchPlace & NamedMetric;
  readonly prometheus?: ServerText & { readonly query: string };
}
