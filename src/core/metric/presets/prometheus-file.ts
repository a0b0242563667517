import type { PrometheusText, ServerText } from '../../policy/metrics-text.js';
import { err, ok, type Result } from '../../result.js';
import type { MetricQuery, PrometheusServer } from '../metric-query.js';
import { escaped, idOf, type MeasuredSide } from './cloudwatch.js';
import { ingressNginxQueries, istioQueries, linkerdQueries, traefikQueries } from './prometheus.js';

/** What a migration file says about a server; secrets stay the names of environment variables. */
export function serverOf(text: ServerText): Result<PrometheusServer, string> {
  const { url, basic, bearerVariable, headerVariables = {}, clientCertificate = null, caFile = null } = text;
  if (basic !== undefined && bearerVariable !== undefined)
    return err('prometheus has basic and bearerVariable; keep one of the two');
  const shared = { url, headerVariables, clientCertificate, caFile };
  if (basic !== undefined) return ok({ ...shared, auth: { kind: 'basic', ...basic } });
  if (bearerVariable !== undefined)
    return ok({ ...shared, auth: { kind: 'bearer', tokenVariable: bearerVariable } });
  return ok({ ...shared, auth: { kind: 'none' } });
}

/** The queries of one side as a migration file spells them out. */
export function prometheusSideQueries(
  text: PrometheusText,
  whose: MeasuredSide,
): Result<readonly MetricQuery[], string> {
  const server = serverOf(text);
  if (!server.ok) return server;
  const { bad, total, latency, linkerd, istio, ingressNginx, traefik } = text;
  const made = [linkerd, istio, ingressNginx, traefik].filter((one) => one !== undefined).length;
  if (made > 1) return err('prometheus names several of linkerd, istio, ingressNginx and traefik; keep one');
  if (made === 1 && (bad ?? total ?? latency) !== undefined)
    return err('prometheus has ready-made queries and others beside them; keep one of the two');
  const side = { ...whose, server: server.value, idPrefix: idOf(whose, 'prometheus') };
  if (linkerd !== undefined) return ok(linkerdQueries(side, linkerd));
  if (istio !== undefined) return ok(istioQueries(side, istio));
  if (ingressNginx !== undefined) return ok(ingressNginxQueries(side, ingressNginx));
  if (traefik !== undefined) return ok(traefikQueries(side, traefik));
  if (bad === undefined || total === undefined)
    return err('prometheus needs the queries bad and total, or one of linkerd, istio, ingressNginx, traefik');
  const query = (role: MetricQuery['role'], unit: MetricQuery['unit'], promql: string): MetricQuery => ({
    id: idOf(whose, role),
    ...whose,
    role,
    unit,
    whenMissing: role === 'bad' ? 'zero-if-sentinel' : 'unknown',
    name: role,
    spec: { source: 'prometheus', server: server.value, query: promql },
  });
  return ok([
    query('bad', 'count', bad),
    query('total', 'count', total),
    ...(latency === undefined ? [] : [query('latency', 'seconds', latency)]),
  ]);
}

export function prometheusGauge(
  name: string,
  text: ServerText & { readonly query: string },
  whose: MeasuredSide,
): Result<MetricQuery, string> {
  const server = serverOf(text);
  if (!server.ok) return server;
  return ok({
    id: idOf(whose, `gauge.${escaped(name)}`),
    ...whose,
    role: 'gauge',
    unit: 'number',
    whenMissing: 'unknown',
    name,
    spec: { source: 'prometheus', server: server.value, query: text.query },
  });
}
