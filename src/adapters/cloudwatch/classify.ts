import type { ProviderFailure, ProviderFailureReason } from '../../core/failure.js';
import { awsTrouble, hasEnded, type AwsService, type Trouble } from '../aws/common-trouble.js';
import { readSdkError, type SdkError } from '../aws/sdk-error.js';
import { AnswerTooLong, maxAnswerBytes } from './answer-limit.js';
import { foreignText } from './foreign-text.js';

const cloudWatch: AwsService = { name: 'CloudWatch', prefix: 'cloudwatch' };

const invalidNames = [
  ...['InvalidParameterValue', 'InvalidParameterValueException', 'InvalidParameterCombination'],
  ...['InvalidParameterCombinationException', 'MissingParameter', 'MissingRequiredParameterException'],
  ...['ValidationError', 'ValidationException', 'InvalidNextToken', 'InvalidFormat', 'InvalidFormatFault'],
  ...['MalformedInput', 'SerializationException'],
];

/**
 * Says what an error of the AWS SDK means, in this program's words. Text from outside gets into a message only where it
 * says what to repair.
 */
export function classify(error: unknown, operation: string): ProviderFailure {
  if (error instanceof AnswerTooLong) {
    const megabytes = maxAnswerBytes / 1024 / 1024;
    return failure('unknown', operation, `CloudWatch sent more than ${megabytes} MB in one answer`);
  }
  const read = readSdkError(error);
  const [reason, message] = awsTrouble(read, cloudWatch, operation, invalid) ?? unknown(read);
  const isOver = reason === 'denied' && hasEnded(read);
  return { ...failure(reason, operation, message), ...(isOver && { expired: true as const }) };
}

export function failure(reason: ProviderFailureReason, operation: string, message: string): ProviderFailure {
  return { reason, provider: 'metrics', operation, message, details: [] };
}

function invalid({ name, message }: SdkError): Trouble | undefined {
  if (!invalidNames.includes(name)) return undefined;
  return ['invalid', `CloudWatch says the request is wrong: ${foreignText(message, 200) || name}`];
}

/** Only the kind of error is told: its text could be anything. */
function unknown({ name, httpStatus }: SdkError): Trouble {
  const what = httpStatus === undefined ? 'no known reason' : `HTTP ${httpStatus}`;
  return [
    'unknown',
    `CloudWatch gave an answer this program cannot read (${foreignText(name, 64)}, ${what})`,
  ];
}
