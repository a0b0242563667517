import type { ProviderFailure, ProviderFailureReason } from '../../core/failure.js';
import { clockSkew } from '../aws/clock-skew.js';
import { missingCredentials } from '../aws/missing-credentials.js';
import { changeMessages, isConflict } from './change-messages.js';
import { foreignText } from './foreign-text.js';

/** What is read of an error, whoever threw it: the service's answer, Node's network error or the credential chain. */
interface ErrorShape {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly httpStatus: number | undefined;
  /** From the older error form, which the SDK does not understand (see `oldForm`). */
  readonly messages: readonly string[];
}

const throttlingNames = ['Throttling', 'ThrottlingException', 'RequestThrottled', 'TooManyRequestsException'];
const missingCredentialNames = ['CredentialsProviderError', 'TokenProviderError'];
const wrongCredentialNames = ['InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId'];
const signatureNames = ['SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'];
const expiredNames = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'RequestTimeTooSkewed'];
/** Not the request, whose time only this machine's clock can spoil. */
const endedNames = ['ExpiredToken', 'ExpiredTokenException', ...missingCredentialNames];
const accessNames = ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'NotAuthorized'];
const timeoutCodes = ['ETIMEDOUT', 'ESOCKETTIMEDOUT'];
const networkCodes = [
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ECONNABORTED', 'EADDRNOTAVAIL', 'EPROTO', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID'],
];

/**
 * Says what an error of the AWS SDK means, in this program's words. Text from outside gets into a message only where it
 * says what to repair, and never with credentials in it: the text of a wrong signature, for one, repeats the session token.
 */
export function classify(error: unknown, operation: string): ProviderFailure {
  const shape = shapeOf(error);
  const details =
    shape.messages.length > 0
      ? shape.messages
      : shape.name === 'InvalidChangeBatch'
        ? changeMessages(shape.message).map(foreignText)
        : [];
  if (details.length > 0) {
    const reason = isConflict(details) ? 'conflict' : 'invalid';
    return failure(reason, operation, `Route 53 refused the change batch: ${details.join('; ')}`, details);
  }
  const [reason, message] =
    byCode(shape) ?? byName(shape, operation) ?? byStatus(shape) ?? unknown(shape, 'no known reason');
  const isOver = reason === 'denied' && endedNames.includes(shape.name);
  return { ...failure(reason, operation, message), ...(isOver && { expired: true as const }) };
}

export function failure(
  reason: ProviderFailureReason,
  operation: string,
  message: string,
  details: readonly string[] = [],
): ProviderFailure {
  return { reason, provider: 'route53', operation, message, details };
}

type Verdict = readonly [ProviderFailureReason, string];

/** Node's own error codes come first: the SDK renames a reset connection to TimeoutError but keeps the code. */
function byCode({ code, name }: ErrorShape): Verdict | undefined {
  if (networkCodes.includes(code)) return ['unavailable', `Route 53 could not be reached (${code})`];
  if (timeoutCodes.includes(code) || name === 'TimeoutError' || name === 'AbortError') {
    return ['timeout', 'Route 53 did not answer in time'];
  }
  return undefined;
}

function byName({ name, message, httpStatus }: ErrorShape, operation: string): Verdict | undefined {
  if (throttlingNames.includes(name) || httpStatus === 429 || message.startsWith('Rate exceeded')) {
    return ['throttled', 'Route 53 asks for fewer requests (Rate exceeded)'];
  }
  if (name === 'PriorRequestNotComplete') {
    return ['busy', 'Route 53 is still processing an earlier change of this zone'];
  }
  if (name === 'NoSuchHostedZone') {
    return ['not-found', foreignText(message)];
  }
  if (name === 'NoSuchHealthCheck') return ['not-found', 'Route 53 does not know this health check'];
  if (name === 'HealthCheckAlreadyExists')
    return [
      'conflict',
      'the reference of this health check was used before, with other settings or one since deleted',
    ];
  if (name === 'NoSuchChange') return ['not-found', 'Route 53 does not know this change'];
  if (name === 'InvalidChangeBatch')
    return ['invalid', 'Route 53 refused the change batch without saying why'];
  if (name === 'InvalidInput' || name === 'MalformedInput' || name === 'ValidationException') {
    return ['invalid', `Route 53 says the request is wrong: ${foreignText(message)}`];
  }
  const denial = denialOf(name, message, operation);
  return denial === undefined ? undefined : ['denied', denial];
}

function denialOf(name: string, message: string, operation: string): string | undefined {
  const skew = clockSkew(name, message);
  if (skew !== null) return skew;
  if (missingCredentialNames.includes(name)) {
    return missingCredentials(message, process.env['AWS_PROFILE']);
  }
  if (wrongCredentialNames.includes(name)) {
    return `AWS does not know the access key (${name}); check which profile and keys are set with \`aws sts get-caller-identity\``;
  }
  if (signatureNames.includes(name)) {
    return `AWS refused the signature (${name}); the secret key does not belong to the access key, or this machine's clock is wrong`;
  }
  if (expiredNames.includes(name)) {
    return `the AWS credentials or the request have expired (${name}); renew the session, and check this machine's clock`;
  }
  if (accessNames.includes(name)) {
    return `the AWS credentials may not call ${deniedAction(message) ?? `route53:${operation}`}; allow it in the IAM policy`;
  }
  return undefined;
}

/** `User: ... is not authorized to perform: route53:GetChange on resource: arn:...`, the wording of IAM's refusals. */
function deniedAction(message: string): string | undefined {
  const action = /not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1];
  if (action === undefined) return undefined;
  const resource = /on resource: (arn:[\w:/.*-]{1,200})/.exec(message)?.[1];
  return resource === undefined ? action : `${action} on ${resource}`;
}

function byStatus(shape: ErrorShape): Verdict | undefined {
  const status = shape.httpStatus;
  if (status === undefined) return undefined;
  if (status >= 500) return ['unavailable', `Route 53 answered with HTTP ${status}`];
  if (status === 401 || status === 403) {
    return [
      'denied',
      `the call was answered with HTTP ${status} but not by Route 53's own rules; check for a proxy`,
    ];
  }
  return unknown(shape, `HTTP ${status}`);
}

/** Only the kind of error is told: its text could be anything. */
function unknown({ name }: ErrorShape, what: string): Verdict {
  return [
    'unknown',
    `Route 53 gave an answer this program cannot read (${foreignText(name).slice(0, 64)}, ${what})`,
  ];
}

function shapeOf(error: unknown): ErrorShape {
  const fields: Readonly<Record<string, unknown>> = isObject(error) ? error : {};
  const metadata = isObject(fields['$metadata']) ? fields['$metadata'] : {};
  const status = metadata['httpStatusCode'];
  return {
    name: textOf(fields['name']) || 'Error',
    code: textOf(fields['code']),
    message: textOf(fields['message']),
    httpStatus: typeof status === 'number' ? status : undefined,
    messages: oldForm(fields['Messages']),
  };
}

/**
 * The messages of `<InvalidChangeBatch><Messages><Message>`, the form in the API reference. AWS has stopped sending it
 * (aws/aws-sdk-kotlin#1433); the SDK calls it "Unknown" and leaves the parsed elements on the error.
 */
function oldForm(messages: unknown): readonly string[] {
  const message = isObject(messages) ? messages['Message'] : undefined;
  const list: readonly unknown[] = Array.isArray(message) ? message : [message];
  return list
    .filter((text): text is string => typeof text === 'string')
    .flatMap(changeMessages)
    .map(foreignText);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
