/** What is read of an error of the AWS SDK, whoever threw it: the service's answer, Node's network error or the credential chain. */
export interface SdkError {
  readonly name: string;
  /** Node's own, such as `ECONNRESET`; empty where there is none. */
  readonly code: string;
  readonly message: string;
  readonly httpStatus: number | undefined;
  /** Whatever else it carries, unread. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads anything that was thrown; what has another type than it should counts as absent. */
export function readSdkError(error: unknown): SdkError {
  const fields = isObject(error) ? error : {};
  const metadata = isObject(fields['$metadata']) ? fields['$metadata'] : {};
  const status = metadata['httpStatusCode'];
  return {
    name: textOf(fields['name']) || 'Error',
    code: textOf(fields['code']),
    message: textOf(fields['message']),
    httpStatus: typeof status === 'number' ? status : undefined,
    fields,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
