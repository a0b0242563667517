import type { Problem } from '../../../src/core/failure.js';
import { parsePolicy } from '../../../src/core/policy/parse-policy.js';
import type { Policy } from '../../../src/core/policy/policy.js';
import type { Result } from '../../../src/core/result.js';

/** `2:6 ttl: must be ...`, as a person sees it, for every problem; empty when there is none. */
export function described(result: Result<unknown, readonly Problem[]>): string[] {
  if (result.ok) return [];
  return result.error.map(({ location, where, message }) => {
    const place = location === null ? '-' : `${location.line}:${location.column}`;
    return `${place} ${where}: ${message}`;
  });
}

export function policyProblems(text: string): string[] {
  return described(parsePolicy(text, 'test.yaml'));
}

export function policy(text: string, file = 'test.yaml'): Policy {
  const parsed = parsePolicy(text, file);
  if (!parsed.ok) throw new Error(described(parsed).join('\n'));
  return parsed.value;
}
