import type { ProbeExpectation } from '../../core/policy/policy.js';
import { contentEncoding, type Answer } from './answer.js';
import { herokuPage } from './heroku-page.js';
import { atPointer } from './json-pointer.js';

/** Holds an answer against what is expected: the first thing wrong with it, as a sentence, or null when nothing is. */
export function findFault(answer: Answer, expected: ProbeExpectation, host: string): string | null {
  const { status, headers } = answer;
  const page = herokuPage(answer.body, host);
  if (page !== undefined) return `${status} with ${page}`;
  if (!expected.status.includes(status)) {
    const wanted = `expected ${expected.status.join(' or ')}`;
    const location = headers.get('location');
    const redirects = status >= 300 && status < 400 && location !== undefined;
    return redirects ? `${status} redirects to ${location}, ${wanted}` : `${status}, ${wanted}`;
  }
  const fault =
    headerFault(answer, expected) ?? compressionFault(answer, expected) ?? bodyFault(answer, expected);
  return fault === null ? null : `${status}, but ${fault}`;
}

function headerFault({ headers }: Answer, expected: ProbeExpectation): string | null {
  for (const [name, wanted] of Object.entries(expected.headers ?? {})) {
    const found = headers.get(name);
    if (wanted === null) {
      if (found === undefined) continue;
      return `the header ${name} is ${JSON.stringify(found)}, expected none`;
    }
    if (found?.includes(wanted) === true) continue;
    const what = found === undefined ? 'is missing' : `is ${JSON.stringify(found)}`;
    return `the header ${name} ${what}, expected ${wanted === '' ? 'one' : JSON.stringify(wanted)}`;
  }
  return null;
}

/** A body that cannot be decoded is a fault whatever is expected: no browser could show it. */
function compressionFault({ headers, encodingFault }: Answer, expected: ProbeExpectation): string | null {
  const { compression } = expected;
  if (compression === undefined) return encodingFault;
  const wanted = compression === 'none' ? 'identity' : compression;
  const found = contentEncoding(headers);
  const isWanted = found === wanted || (found === 'x-gzip' && wanted === 'gzip');
  if (isWanted) return encodingFault;
  const what = found === 'identity' ? 'not compressed' : `compressed as ${found}`;
  return `the body is ${what}, expected ${compression === 'none' ? 'it as it is' : compression}`;
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
