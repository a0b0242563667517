import type { ProviderFailure, ProviderFailureReason } from '../../core/failure.js';
import { clockSkew } from '../aws/clock-skew.js';
import { missingCredentials } from '../aws/missing-credentials.js';
import { AnswerTooLong, maxAnswerBytes } from './answer-limit.js';
import { foreignText } from './foreign-text.js';

/** What is read of an error, whoever threw it: the service's answer, Node's network error or the credential chain. */
interface ErrorShape {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly httpStatus: number | undefined;
}

const throttlingNames = [
  ...['Throttling', 'ThrottlingException', 'ThrottledException', 'RequestThrottled', 'LimitExceeded'],
  ...[
    'RequestThrottledException',
    'TooManyRequestsException',
    'LimitExceededException',
    'RequestLimitExceeded',
  ],
];
const invalidNames = [
  ...['InvalidParameterValue', 'InvalidParameterValueException', 'InvalidParameterCombination'],
  ...['InvalidParameterCombinationException', 'MissingParameter', 'MissingRequiredParameterException'],
  ...['ValidationError', 'ValidationException', 'InvalidNextToken', 'InvalidFormat', 'InvalidFormatFault'],
  ...['MalformedInput', 'SerializationException'],
];
const missingCredentialNames = ['CredentialsProviderError', 'TokenProviderError'];
const wrongCredentialNames = ['InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId'];
const signatureNames = ['SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'];
const expiredNames = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'RequestTimeTooSkewed'];
const accessNames = [
  ...['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'NotAuthorized', 'OptInRequired'],
  ...['MissingAuthenticationToken', 'MissingAuthenticationTokenException'],
];
const timeoutCodes = ['ETIMEDOUT', 'ESOCKETTIMEDOUT'];
const networkCodes = [
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ECONNABORTED', 'EADDRNOTAVAIL', 'EPROTO', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID'],
];

type Verdict = readonly [ProviderFailureReason, string];

/**
 * Says what an error of the AWS SDK means, in this program's words. Text from outside gets into a message only where it
 * says what to repair. The names are those of the Query protocol and of JSON; which of them arrives depends on a header.
 */
export function classify(error: unknown, operation: string): ProviderFailure {
  if (error instanceof AnswerTooLong) {
    const megabytes = maxAnswerBytes / 1024 / 1024;
    return failure('unknown', operation, `CloudWatch sent more than ${megabytes} MB in one answer`);
  }
  const shape = shapeOf(error);
  const [reason, message] = byCode(shape) ?? byName(shape, operation) ?? byStatus(shape) ?? unknown(shape);
  return failure(reason, operation, message);
}

export function failure(reason: ProviderFailureReason, operation: string, message: string): ProviderFailure {
  return { reason, provider: 'metrics', operation, message, details: [] };
}

/** Node's own error codes come first: the SDK renames a reset connection to TimeoutError but keeps the code. */
function byCode({ code, name }: ErrorShape): Verdict | undefined {
  if (networkCodes.includes(code)) return ['unavailable', `CloudWatch could not be reached (${code})`];
  if (timeoutCodes.includes(code) || name === 'TimeoutError' || name === 'AbortError') {
    return ['timeout', 'CloudWatch did not answer in time'];
  }
  return undefined;
}

function byName({ name, message, httpStatus }: ErrorShape, operation: string): Verdict | undefined {
  if (throttlingNames.includes(name) || httpStatus === 429 || message.startsWith('Rate exceeded')) {
    return ['throttled', 'CloudWatch asks for fewer requests (Rate exceeded)'];
  }
  if (invalidNames.includes(name)) {
    return ['invalid', `CloudWatch says the request is wrong: ${foreignText(message, 200) || name}`];
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
    // `User: ... is not authorized to perform: cloudwatch:GetMetricData because ...`, the wording of IAM's refusals.
    const action = /not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1];
    return `the AWS credentials may not call ${action ?? `cloudwatch:${operation}`}; allow it in the IAM policy`;
  }
  return undefined;
}

function byStatus({ httpStatus }: ErrorShape): Verdict | undefined {
  if (httpStatus === undefined) return undefined;
  if (httpStatus >= 500) return ['unavailable', `CloudWatch answered with HTTP ${httpStatus}`];
  if (httpStatus === 401 || httpStatus === 403) {
    return [
      'denied',
      `the call was answered with HTTP ${httpStatus} but not by CloudWatch's own rules; check for a proxy`,
    ];
  }
  return undefined;
}

/** Only the kind of error is told: its text could be anything. */
function unknown({ name, httpStatus }: ErrorShape): Verdict {
  const what = httpStatus === undefined ? 'no known reason' : `HTTP ${httpStatus}`;
  return [
    'unknown',
    `CloudWatch gave an answer this program cannot read (${foreignText(name, 64)}, ${what})`,
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
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
