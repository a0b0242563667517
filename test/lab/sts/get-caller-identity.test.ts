import { expect, test } from 'vitest';
import { answerSts, isSts } from '../../../src/lab/sts/get-caller-identity.js';

const signedFor = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=AKIALAB/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

test('a signed question is answered with the account of the lab', () => {
  const { httpStatus, body } = answerSts(signedFor('sts'), 'Action=GetCallerIdentity&Version=2011-06-15');
  expect(httpStatus).toBe(200);
  expect(body).toContain('<Account>000000000000</Account>');
});

test.each([
  ['no signature', undefined, 'Action=GetCallerIdentity', 'MissingAuthenticationToken'],
  [
    'a signature for another service',
    signedFor('route53'),
    'Action=GetCallerIdentity',
    'SignatureDoesNotMatch',
  ],
  ['another operation', signedFor('sts'), 'Action=AssumeRole', 'InvalidAction'],
])('%s is refused', (_, authorization, form, code) => {
  const { httpStatus, body } = answerSts(authorization, form);
  expect(httpStatus).toBeGreaterThanOrEqual(400);
  expect(body).toContain(`<Code>${code}</Code>`);
});

test('only a form posted to the root is a question to STS', () => {
  expect(isSts('POST', '/')).toBe(true);
  expect(isSts('GET', '/')).toBe(false);
  expect(isSts('POST', '/2013-04-01/hostedzone')).toBe(false);
});
