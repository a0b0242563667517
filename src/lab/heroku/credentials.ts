import { timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal.js';

/** Accepts the API key as a bearer token or as the password of Basic authentication, whose user name may be empty. */
export function requireCredentials(header: string | undefined, apiKey: string): void {
  const [scheme = '', value = ''] = (header ?? '').split(' ', 2);
  switch (scheme.toLowerCase()) {
    case 'bearer':
      if (same(value, apiKey)) return;
      break;
    case 'basic': {
      const userAndPassword = Buffer.from(value, 'base64').toString('utf8');
      if (same(userAndPassword.slice(userAndPassword.indexOf(':') + 1), apiKey)) return;
      break;
    }
    default:
  }
  throw new Refusal(401, 'unauthorized', 'Invalid credentials provided.');
}

function same(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}
