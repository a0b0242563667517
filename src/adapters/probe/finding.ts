import type { Certificate } from '../../core/certificate.js';
import type { ProbeOutcome } from '../../core/probe.js';
import { safeText } from '../../core/safe-text.js';
import type { Instant } from '../../core/time.js';
import type { ProbeAnswer } from '../../engine/ports.js';

const maxBecause = 240;

/** What a probe found, before its time and its text are made fit to be kept. */
export interface Finding extends Pick<ProbeOutcome, 'result' | 'because' | 'family' | 'noRoute' | 'tooBusy'> {
  readonly status?: number | null;
  readonly latencyMs?: number;
  readonly certificate?: Certificate | null;
}

export function finished({ certificate = null, ...finding }: Finding, at: Instant): ProbeAnswer {
  const outcome: ProbeOutcome = {
    at,
    status: null,
    latencyMs: null,
    certificateEndsAt: certificate?.endsAt ?? null,
    ...finding,
    because: safeText(finding.because, maxBecause),
  };
  return { outcome, certificate };
}
