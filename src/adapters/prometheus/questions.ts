import type { ProviderFailure } from '../../core/failure.js';
import type { MetricQuery, PrometheusServer, PrometheusSpec } from '../../core/metric/metric-query.js';
import { err, ok, type Result } from '../../core/result.js';
import { instant, type Instant } from '../../core/time.js';
import type { Clock } from '../../engine/ports.js';
import { accessTo, type Access } from './access.js';
import type { Variable } from './credentials.js';
import { rangeResult, type RangeResult } from './envelope.js';
import type { Exchange } from './exchange.js';
import { queryFailure } from './failure.js';
import { formOf, type Range } from './range.js';
import type { Secrets } from './secrets.js';

/** Questions under way at once, over all servers: a server runs 20 at once for all its users (`--query.max-concurrency`). */
const maxAtOnce = 4;

export interface QuestionSettings {
  readonly variable: Variable;
  readonly caFile: string | null;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** What one server said to one query. */
export interface Reply extends RangeResult {
  readonly askedAt: Instant;
  /** When it was evaluated at the earliest, by the slower of the two clocks. */
  readonly evaluatedAt: Instant;
  /** What was sent and must not be repeated. */
  readonly secrets: Secrets;
}

/** The answer to each query, by `questionKey`. */
export type Replies = ReadonlyMap<string, Result<Reply, ProviderFailure>>;

/** Two queries with the same key are one question. */
export function questionKey({ server, query }: PrometheusSpec): string {
  return JSON.stringify([server, query]);
}

/**
 * Asks every question of these queries once, a few at a time, each server over connections of its own. Every question has a reply;
 * never rejects.
 */
export async function askAll(
  queries: readonly MetricQuery[],
  range: Range,
  settings: QuestionSettings,
  signal: AbortSignal,
): Promise<Replies> {
  const questions = new Map<string, PrometheusSpec>();
  for (const { spec } of queries) if (spec.source === 'prometheus') questions.set(questionKey(spec), spec);
  const replies = new Map<string, Result<Reply, ProviderFailure>>();
  // Loaded here, because it takes tens of milliseconds and most runs of the program ask no Prometheus.
  const { Exchange: Connections } = await import('./exchange.js');
  const servers = new Map<string, Promise<Result<Connection, ProviderFailure>>>();
  const connectionTo = (server: PrometheusServer): Promise<Result<Connection, ProviderFailure>> => {
    const key = JSON.stringify(server);
    const known = servers.get(key) ?? connect(server);
    servers.set(key, known);
    return known;
  };
  const connect = async (server: PrometheusServer): Promise<Result<Connection, ProviderFailure>> => {
    const access = await accessTo(server, settings);
    if (!access.ok) return access;
    const exchange = new Connections(access.value, { ...settings, connections: maxAtOnce });
    return ok({ access: access.value, exchange });
  };
  const waiting = [...questions];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [key, spec] = next;
      const connection = await connectionTo(spec.server);
      replies.set(
        key,
        connection.ok ? await ask(connection.value, spec, range, settings, signal) : connection,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: maxAtOnce }, work));
  } finally {
    for (const connection of await Promise.all(servers.values())) {
      if (connection.ok) await connection.value.exchange[Symbol.asyncDispose]();
    }
  }
  return replies;
}

interface Connection {
  readonly access: Access;
  readonly exchange: Exchange;
}

async function ask(
  { access, exchange }: Connection,
  spec: PrometheusSpec,
  range: Range,
  { clock, timeoutMs }: QuestionSettings,
  signal: AbortSignal,
): Promise<Result<Reply, ProviderFailure>> {
  const askedAt = clock.now();
  try {
    const answer = await exchange.post('/api/v1/query_range', formOf(spec.query, range, timeoutMs), signal);
    if (!answer.ok) return answer;
    const result = rangeResult(answer.value, access);
    const evaluatedAt = instant(Math.min(askedAt, answer.value.dateMs ?? askedAt));
    return result.ok ? ok({ ...result.value, evaluatedAt, askedAt, secrets: access.secrets }) : result;
  } catch (error) {
    const kind = error instanceof Error ? error.name : 'unknown';
    return err(queryFailure('unknown', `the answer of ${access.base} could not be read (${kind})`));
  }
}
