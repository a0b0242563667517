import type { ProviderFailure, ProviderFailureReason } from '../../core/failure.js';
import { safeText } from '../../core/safe-text.js';

const maxMessage = 600;

/** A failure of the one call this source makes, its text made fit for a terminal. */
export function queryFailure(reason: ProviderFailureReason, message: string): ProviderFailure {
  const text = safeText(message, maxMessage);
  return { reason, provider: 'metrics', operation: 'query_range', message: text, details: [] };
}
