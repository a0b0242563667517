import { formInput, Input, type InputValue } from './input.js';
import type { Output, OutputMembers } from './output.js';
import { CloudWatchRefusal } from './refusal.js';
import { writeXml, type XmlContent } from '../route53/xml.js';

/** An answer as it goes over the wire. */
export interface WireAnswer {
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One of the protocols that CloudWatch speaks. */
export interface Protocol {
  /** Name of the operation and its members; a CloudWatchRefusal for what cannot be read. */
  read(request: WireRequest): { readonly operation: string; readonly input: Input };
  answer(operation: string, members: OutputMembers, requestId: string): WireAnswer;
  refuse(refusal: CloudWatchRefusal, requestId: string): WireAnswer;
}

export interface WireRequest {
  readonly target: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** JSON for a request with a target, as current SDKs send it; otherwise the Query protocol of older ones. */
export function protocolOf({ target }: Pick<WireRequest, 'target'>): Protocol {
  return target === undefined ? queryProtocol : jsonProtocol;
}

const apiVersion = '2010-08-01';
const targetPrefix = 'GraniteServiceVersion20100801.';
const namespace = 'http://monitoring.amazonaws.com/doc/2010-08-01/';

/** AWS JSON 1.0 in the form that is compatible with Query: a header carries the error's older name (Smithy, "awsQueryCompatible trait"). */
const jsonProtocol: Protocol = {
  read({ target = '', contentType = '', body }) {
    if (!contentType.startsWith('application/x-amz-json-1.0') || !target.startsWith(targetPrefix)) {
      throw new CloudWatchRefusal(
        'UnknownOperation',
        'The target or the content type is not of this service.',
        404,
      );
    }
    return { operation: target.slice(targetPrefix.length), input: new Input(parsed(body)) };
  },
  answer: (_operation, members, requestId) => jsonAnswer(200, members, requestId, {}),
  refuse(refusal, requestId) {
    const { code, httpStatus, message } = refusal;
    const fault = httpStatus >= 500 ? 'Receiver' : 'Sender';
    const type = `com.amazonaws.cloudwatch.v2010_08_01#${exceptionNames[code] ?? code}`;
    return jsonAnswer(httpStatus, { __type: type, message }, requestId, {
      'x-amzn-query-error': `${code};${fault}`,
    });
  },
};

/** Shapes whose name is not their code in the Query protocol. */
const exceptionNames: Readonly<Record<string, string>> = {
  InvalidParameterValue: 'InvalidParameterValueException',
  InvalidParameterCombination: 'InvalidParameterCombinationException',
  MissingParameter: 'MissingRequiredParameterException',
  InternalServiceError: 'InternalServiceFault',
  UnknownOperation: 'UnknownOperationException',
};

function jsonAnswer(
  httpStatus: number,
  members: OutputMembers,
  requestId: string,
  headers: Readonly<Record<string, string>>,
): WireAnswer {
  // A date would write itself as text before a replacer sees it.
  const body = JSON.stringify(jsonValue(members));
  const type = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': requestId };
  return { httpStatus, headers: { ...type, ...headers }, body };
}

function jsonValue(output: Output): unknown {
  if (output instanceof Date) return output.getTime() / 1_000;
  if (Array.isArray(output)) return (output as readonly Output[]).map(jsonValue);
  if (typeof output !== 'object') return output;
  return Object.fromEntries(
    Object.entries(output as OutputMembers).map(([name, value]) => [name, jsonValue(value)]),
  );
}

function parsed(body: string): InputValue {
  try {
    return JSON.parse(body === '' ? '{}' : body) as InputValue;
  } catch {
    throw new CloudWatchRefusal('SerializationException', 'The body is not JSON.');
  }
}

/** Forms in, XML out. */
const queryProtocol: Protocol = {
  read({ body }) {
    const form = new URLSearchParams(body);
    const [operation, version] = [form.get('Action') ?? '', form.get('Version')];
    if (version !== apiVersion) {
      const text = `Could not find operation ${operation} for version ${version ?? 'NO_VERSION_SPECIFIED'}`;
      throw new CloudWatchRefusal('InvalidAction', text);
    }
    return { operation, input: new Input(formInput(form)) };
  },
  answer: (operation, members, requestId) =>
    xmlAnswer(200, requestId, `${operation}Response`, {
      [`${operation}Result`]: xmlValue(members),
      ResponseMetadata: { RequestId: requestId },
    }),
  refuse: ({ code, httpStatus, message }, requestId) =>
    xmlAnswer(httpStatus, requestId, 'ErrorResponse', {
      Error: { Type: httpStatus >= 500 ? 'Receiver' : 'Sender', Code: code, Message: message },
      RequestId: requestId,
    }),
};

function xmlAnswer(
  httpStatus: number,
  requestId: string,
  root: string,
  content: Readonly<Record<string, XmlContent>>,
): WireAnswer {
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': requestId };
  return { httpStatus, headers, body: writeXml(root, content, namespace) };
}

/** Lists have their entries in `member`; the one map of the API has them in `entry`, with `key` and `value`. */
function xmlValue(output: Output, name?: string): XmlContent {
  if (output instanceof Date) return output.toISOString().replace('.000Z', 'Z');
  if (Array.isArray(output)) return { member: (output as readonly Output[]).map((entry) => xmlValue(entry)) };
  if (typeof output !== 'object') return output;
  const members = Object.entries(output as OutputMembers);
  if (name === 'ExtendedStatistics') {
    return { entry: members.map(([key, value]) => ({ key, value: xmlValue(value) })) };
  }
  return Object.fromEntries(members.map(([member, value]) => [member, xmlValue(value, member)]));
}
