import type { HookAnswer } from '../../core/hook-state.js';
import { safeText } from '../../core/safe-text.js';
import type { Answer } from './pinned-request.js';

const maxReason = 200;

/** Reads the answer of a before-stage hook: 200 with `{"allow": true}`, or `{"allow": false, "reason": "..."}`; all else is none. */
export function hookAnswer({ status, body }: Answer): {
  readonly answer: HookAnswer;
  readonly because: string;
} {
  if (status !== 200) return { answer: 'none', because: `it answered ${status}, expected 200` };
  const found = parsed(body);
  const reason = typeof found?.['reason'] === 'string' ? safeText(found['reason'], maxReason) : '';
  if (found?.['allow'] === true) return { answer: 'go', because: reason || 'it allows the stage' };
  if (found?.['allow'] === false) return { answer: 'hold', because: reason || 'it gives no reason' };
  return {
    answer: 'none',
    because: 'its answer is not {"allow": true} or {"allow": false, "reason": "..."}',
  };
}

function parsed(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body);
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMapping ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
