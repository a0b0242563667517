import { displayName, type RecordName } from './record-name.js';
import { elapsed, type Instant } from './time.js';

/** What a side shows as its certificate, as far as a person needs it. Texts are free of control characters. */
export interface Certificate {
  /** The name in it that covers the host, possibly a wildcard; null when none does. */
  readonly name: string | null;
  /** The organisation that issued it, its common name where there is none. */
  readonly issuer: string;
  /** The names of those who signed, from the one that signed this up to the root, as far as they were seen; absent when they were not read. */
  readonly chain?: readonly string[];
  /** When the first certificate of its chain ends. */
  readonly endsAt: Instant;
}

/** `certificate www.example.com, Let's Encrypt, 61 days left`. */
export function describeCertificate(
  { host, name, issuer, endsAt }: Certificate & { readonly host: RecordName },
  now: Instant,
): string {
  const left =
    endsAt > now ? `${wholeTime(elapsed(now, endsAt))} left` : `ended ${wholeTime(elapsed(endsAt, now))} ago`;
  const covers = name ?? `that does not cover ${displayName(host)}`;
  return `certificate ${covers}, ${issuer}, ${left}`;
}

/** Rounded down: days, below two days hours, below two hours minutes. */
function wholeTime(ms: number): string {
  const units: readonly [string, number][] = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
  ];
  for (const [unit, sizeMs] of units) if (ms >= 2 * sizeMs) return `${Math.floor(ms / sizeMs)} ${unit}s`;
  const minutes = Math.floor(ms / 60_000);
  return `${minutes} minute${minutes === 1 ? '' : 's'}`;
}
