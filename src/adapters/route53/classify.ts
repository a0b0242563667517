import type { ProviderFailure, ProviderFailureReason } from '../../core/failure.js';
import { awsTrouble, hasEnded, type AwsService, type Trouble } from '../aws/common-trouble.js';
import { readSdkError, type SdkError } from '../aws/sdk-error.js';
import { changeMessages, isConflict } from './change-messages.js';
import { foreignText } from './foreign-text.js';

const route53: AwsService = { name: 'Route 53', prefix: 'route53' };

/**
 * Says what an error of the AWS SDK means, in this program's words. Text from outside gets into a message only where it
 * says what to repair, and never with credentials in it: the text of a wrong signature, for one, repeats the session token.
 */
export function classify(error: unknown, operation: string): ProviderFailure {
  const read = readSdkError(error);
  const messages = oldForm(read.fields['Messages']);
  const details =
    messages.length > 0
      ? messages
      : read.name === 'InvalidChangeBatch'
        ? changeMessages(read.message).map(foreignText)
        : [];
  if (details.length > 0) {
    const reason = isConflict(details) ? 'conflict' : 'invalid';
    return failure(reason, operation, `Route 53 refused the change batch: ${details.join('; ')}`, details);
  }
  const [reason, message] = awsTrouble(read, route53, operation, byName) ?? unknown(read);
  const isOver = reason === 'denied' && hasEnded(read);
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

function byName({ name, message }: SdkError): Trouble | undefined {
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
  return undefined;
}

/** Only the kind of error is told: its text could be anything. */
function unknown({ name, httpStatus }: SdkError): Trouble {
  const what = httpStatus === undefined ? 'no known reason' : `HTTP ${httpStatus}`;
  return [
    'unknown',
    `Route 53 gave an answer this program cannot read (${foreignText(name).slice(0, 64)}, ${what})`,
  ];
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
