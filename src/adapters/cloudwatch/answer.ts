/**
 * The answers of GetMetricData, read without trust: the SDK hands on whatever JSON it was sent, strings among the values, lists that are
 * none, and absent parts, under types that promise otherwise.
 */

/** An answer that came, but breaks the API's own rules; the message is for a person. */
export class UnexpectedAnswer extends Error {}

/** One result of one page. Nothing in it has been checked but its kind. */
export interface PageResult {
  readonly id: string;
  readonly timestamps: readonly unknown[];
  readonly values: readonly unknown[];
  /** What stood there in place of a list, or null. */
  readonly notAList: unknown;
  readonly statusCode: unknown;
  readonly messages: readonly string[];
}

export interface Page {
  readonly results: readonly PageResult[];
  /** About the call as a whole. */
  readonly messages: readonly string[];
  readonly nextToken: string | null;
}

/** @throws UnexpectedAnswer when there is no list of results: an empty answer with status 200 is read by the SDK without complaint. */
export function readPage(answer: unknown): Page {
  const fields = fieldsOf(answer);
  const results = fields['MetricDataResults'];
  if (!Array.isArray(results)) throw new UnexpectedAnswer('CloudWatch answered without a list of results');
  return {
    results: results.flatMap((result: unknown) => readResult(fieldsOf(result))),
    messages: readMessages(fields['Messages']),
    nextToken: readToken(fields),
  };
}

/** @throws UnexpectedAnswer when it is neither absent nor text. */
export function readToken(fields: Readonly<Record<string, unknown>>): string | null {
  const token = fields['NextToken'] ?? '';
  if (typeof token !== 'string') throw new UnexpectedAnswer('CloudWatch named a next page that is not text');
  return token === '' ? null : token;
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** A result without an id belongs to nobody; the query it should have answered will be missing one. */
function readResult(fields: Readonly<Record<string, unknown>>): readonly PageResult[] {
  const id = fields['Id'];
  if (typeof id !== 'string') return [];
  const timestamps = fields['Timestamps'] ?? [];
  const values = fields['Values'] ?? [];
  return [
    {
      id,
      timestamps: listOf(timestamps),
      values: listOf(values),
      notAList: [timestamps, values].find((list) => !Array.isArray(list)) ?? null,
      statusCode: fields['StatusCode'],
      messages: readMessages(fields['Messages']),
    },
  ];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Something that is not the list it should be is a message too: it says that this answer is not to be trusted. */
function readMessages(messages: unknown): readonly string[] {
  if (messages === undefined || messages === null) return [];
  if (!Array.isArray(messages)) return ['(unreadable)'];
  return messages.slice(0, 5).map((message: unknown) => {
    const { Code, Value } = fieldsOf(message);
    const text = [Code, Value].filter((part) => typeof part === 'string' && part !== '').join(': ');
    return text === '' ? '(unreadable)' : text;
  });
}
