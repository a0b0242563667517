import { invalidArgument } from './command-failure.js';

/** Route 53's ids of hosted zones: upper-case letters and digits. */
const zoneIdPattern = /^Z[A-Z0-9]{1,31}$/;

/** What was typed as `--alias-zone-id`; null where the flag is absent. */
export function typedZoneId(typed: string | undefined): string | null {
  if (typed === undefined) return null;
  if (zoneIdPattern.test(typed)) return typed;
  throw invalidArgument('--alias-zone-id', 'is the id of a hosted zone, for instance Z32O12XQLNTSW2');
}
