/** The grammar of the session form as one regular expression, for comparison with the parser that reads bytes. */
const grammar = new RegExp(
  [
    /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d*)?(?:Z|[+-]\d\d:\d\d)) heroku\[router\]: /,
    /(?:sock=(?:client|backend) )?at=(?:info|warning|error)/,
    /(?: code=H(?<code>\d\d) desc="[^"\n]*"(?: cause="[^"\n]*")?)?/,
    / method=W path=(?:"(?<quoted>(?:[^"\n]|"(?! host=))*)"|(?<bare>W)) host=(?<host>W)/,
    /(?: request_id=(?<id>W))? fwd=(?:"(?<fwd>[^"\n]*)"|W)/,
    / dyno=W connect=(?<connect>\d{0,12})(?:(?<=\d)ms)? service=(?<service>\d{0,12})(?:(?<=\d)ms)?/,
    / status=(?<status>\d{3})? bytes=\d{0,12}/,
    /(?: protocol=(?:https?|http1\.1|http2\.0)| tls=(?:true|false)| tls_version=W| agent="[^"\n]*")*\r?\n$/,
  ]
    .map((part) => part.source.replaceAll('W', '[^\\u0000-\\u0020"]*'))
    .join(''),
);

export interface ReferenceRequest {
  readonly code: number;
  readonly status: number;
  readonly connectMs: number;
  readonly serviceMs: number;
  readonly path: string;
  readonly host: string;
  readonly id: string;
}

/** One line, its line feed included, or null when it is outside the grammar. */
export function parseByReference(line: string): ReferenceRequest | null {
  const found = grammar.exec(line)?.groups;
  if (found === undefined) return null;
  const number = (text: string | undefined, blank: number): number =>
    text === undefined || text === '' ? blank : Number(text);
  return {
    code: number(found['code'], 0),
    status: number(found['status'], 0),
    connectMs: number(found['connect'], -1),
    serviceMs: number(found['service'], -1),
    path: found['quoted'] ?? found['bare'] ?? '',
    host: found['host'] ?? '',
    id: found['id'] ?? '',
  };
}
