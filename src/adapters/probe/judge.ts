import type { ProbeExpectation } from '../../core/policy/policy.js';
import type { Answer } from './answer.js';
import { herokuPage } from './heroku-page.js';
import { atPointer } from './json-pointer.js';

/** Holds an answer against what is expected: the first thing wrong with it, as a sentence, or null when nothing is. */
export function findFault(answer: Answer, expected: ProbeExpectation, host: string): string | null {
  const { status, location } = answer;
  const page = herokuPage(answer.body, host);
  if (page !== undefined) return `${status} with ${page}`;
  if (!expected.status.includes(status)) {
    const wanted = `expected ${expected.status.join(' or ')}`;
    const redirects = status >= 300 && status < 400 && location !== null;
    return redirects ? `${status} redirects to ${location}, ${wanted}` : `${status}, ${wanted}`;
  }
  const fault = bodyFault(answer, expected);
  return fault === null ? null : `${status}, but ${fault}`;
}

function bodyFault({ body, cut }: Answer, expected: ProbeExpectation): string | null {
  if (expected.body !== null && !body.includes(expected.body)) {
    return `the body does not contain ${JSON.stringify(expected.body)}${cut ? ' in its first 64 KiB' : ''}`;
  }
  if (expected.json === null) return null;
  if (cut) return 'the body is longer than 64 KiB, too long to be judged as JSON';
  const document = parsed(body);
  if (document === undefined) return 'the body is not JSON';
  for (const [pointer, wanted] of Object.entries(expected.json)) {
    const found = atPointer(document, pointer);
    if (found === wanted) continue;
    const what = found === undefined ? 'is missing' : `is ${JSON.stringify(found)}`;
    return `${pointer === '' ? 'the body' : pointer} ${what}, expected ${JSON.stringify(wanted)}`;
  }
  return null;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
