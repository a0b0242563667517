import type { ProviderFailureReason } from '../../core/failure.js';
import { clockSkew } from './clock-skew.js';
import { missingCredentials } from './missing-credentials.js';
import type { SdkError } from './sdk-error.js';

/** As a person calls it, and as the actions of IAM begin. */
export interface AwsService {
  readonly name: string;
  readonly prefix: string;
}

/** What an error means and what a person reads. */
export type Trouble = readonly [ProviderFailureReason, string];

// The names are those of the Query protocol, of REST-XML and of JSON; which of them arrives depends on the service and on a header.
const throttlingNames = [
  ...['Throttling', 'ThrottlingException', 'ThrottledException', 'RequestThrottled', 'LimitExceeded'],
  ...['RequestThrottledException', 'TooManyRequestsException', 'LimitExceededException'],
  'RequestLimitExceeded',
];
const missingCredentialNames = ['CredentialsProviderError', 'TokenProviderError'];
const wrongCredentialNames = ['InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId'];
const signatureNames = ['SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'];
const expiredNames = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'RequestTimeTooSkewed'];
/** Not the request, whose time only this machine's clock can spoil. */
const endedNames = ['ExpiredToken', 'ExpiredTokenException', ...missingCredentialNames];
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

/**
 * What an error means that any service of AWS can give, and in its place among them what `ownNames` makes of a name that only this
 * service has; undefined where neither knows it.
 */
export function awsTrouble(
  error: SdkError,
  service: AwsService,
  operation: string,
  ownNames: (error: SdkError) => Trouble | undefined,
): Trouble | undefined {
  return (
    connectionTrouble(error, service) ??
    throttling(error, service) ??
    ownNames(error) ??
    denial(error, service, operation) ??
    statusTrouble(error, service)
  );
}

/** A connection that failed. To be asked first: the SDK renames a reset connection to TimeoutError but keeps Node's code. */
function connectionTrouble({ code, name }: SdkError, service: AwsService): Trouble | undefined {
  if (networkCodes.includes(code)) return ['unavailable', `${service.name} could not be reached (${code})`];
  if (timeoutCodes.includes(code) || name === 'TimeoutError' || name === 'AbortError') {
    return ['timeout', `${service.name} did not answer in time`];
  }
  return undefined;
}

/** The service asks for fewer calls. */
function throttling({ name, message, httpStatus }: SdkError, service: AwsService): Trouble | undefined {
  return throttlingNames.includes(name) || httpStatus === 429 || message.startsWith('Rate exceeded')
    ? ['throttled', `${service.name} asks for fewer requests (Rate exceeded)`]
    : undefined;
}

/** Credentials, signature, clock or permission. Never says anything of the credentials themselves. */
function denial(error: SdkError, service: AwsService, operation: string): Trouble | undefined {
  const message = denialOf(error, service, operation);
  return message === undefined ? undefined : ['denied', message];
}

function denialOf({ name, message }: SdkError, service: AwsService, operation: string): string | undefined {
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
    const action = deniedAction(message) ?? `${service.prefix}:${operation}`;
    return `the AWS credentials may not call ${action}; allow it in the IAM policy`;
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

/** What remains to be told by the status of an answer that has no known name. */
function statusTrouble({ httpStatus }: SdkError, service: AwsService): Trouble | undefined {
  if (httpStatus === undefined) return undefined;
  if (httpStatus >= 500) return ['unavailable', `${service.name} answered with HTTP ${httpStatus}`];
  if (httpStatus === 401 || httpStatus === 403) {
    return [
      'denied',
      `the call was answered with HTTP ${httpStatus} but not by ${service.name}'s own rules; check for a proxy`,
    ];
  }
  return undefined;
}

/** Whether it says that the credentials have ended, so that others have to be looked for. */
export function hasEnded({ name }: SdkError): boolean {
  return endedNames.includes(name);
}
