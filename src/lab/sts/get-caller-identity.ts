import { randomUUID } from 'node:crypto';
import { readAuthorization } from '../route53/authorization.js';
import { refusal, type Refusal } from '../zone/refusal.js';
import { writeXml } from '../route53/xml.js';

/** The account that everything in a lab belongs to. */
export const labAccount: string = '000000000000';

export interface StsAnswer {
  readonly httpStatus: number;
  readonly body: string;
}

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** True for a request to AWS STS: the Query protocol posts forms to the root, where Route 53 has nothing. */
export function isSts(method: string, pathname: string): boolean {
  return method === 'POST' && pathname === '/';
}

/** Answers the one call of AWS STS that the lab knows (AWS STS API Reference, "GetCallerIdentity"). Needs a signature and no permission. */
export function answerSts(authorization: string | undefined, form: string): StsAnswer {
  const caller = readAuthorization(authorization, 'sts');
  if (caller.kind === 'refused') return refused(caller);
  const action = new URLSearchParams(form).get('Action') ?? '';
  if (action !== 'GetCallerIdentity')
    return refused(refusal('InvalidAction', 400, `The lab's STS has no operation ${action}.`));
  const result = {
    Arn: `arn:aws:iam::${labAccount}:user/lab`,
    UserId: 'AIDALABLABLABLABLAB0',
    Account: labAccount,
  };
  const metadata = { RequestId: randomUUID() };
  const content = { GetCallerIdentityResult: result, ResponseMetadata: metadata };
  const body = writeXml('GetCallerIdentityResponse', content, namespace);
  return { httpStatus: 200, body };
}

function refused({ code, message, httpStatus }: Refusal): StsAnswer {
  const error = { Type: 'Sender', Code: code, Message: message };
  return {
    httpStatus,
    body: writeXml('ErrorResponse', { Error: error, RequestId: randomUUID() }, namespace),
  };
}
