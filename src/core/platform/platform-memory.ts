import type { SideName } from '../probe.js';
import type { RecordName } from '../record-name.js';
import type { Instant } from '../time.js';
import type { HerokuReading, PlatformReading } from './platform-reading.js';

/** What is known of one side's platform: the latest reading that said something, and what the latest did not say. */
export interface PlatformMemory {
  readonly host: RecordName;
  readonly side: SideName;
  readonly lookedAt: Instant;
  readonly name: PlatformReading['name'];
  readonly heroku: HerokuReading | null;
  /** Why the latest look at Heroku said nothing; null when it did, and for a side that is not there. */
  readonly unseen: string | null;
  /** The id of the app that was seen first; null before. */
  readonly idAtFirst: string | null;
  /** How many web dynos were wanted when the app was first seen; null before. */
  readonly dynosAtFirst: number | null;
  /** The DNS target that Heroku had for the host when the domain was first seen; null before. */
  readonly targetAtFirst: string | null;
}

/** The memory after one more tick's readings. What a look did not say leaves what was known. */
export function recordPlatforms(
  memory: readonly PlatformMemory[],
  readings: readonly PlatformReading[],
): readonly PlatformMemory[] {
  return readings.reduce((all, reading) => {
    const isSame = ({ host, side }: PlatformMemory): boolean =>
      host === reading.host && side === reading.side;
    return [...all.filter((entry) => !isSame(entry)), remembered(all.find(isSame) ?? null, reading)];
  }, memory);
}

function remembered(before: PlatformMemory | null, reading: PlatformReading): PlatformMemory {
  const { host, side, at, heroku } = reading;
  const isUnseen = heroku?.status === 'unknown';
  const facts = heroku?.status === 'seen' ? heroku.facts : null;
  return {
    host,
    side,
    lookedAt: at,
    name: reading.name === 'unknown' ? (before?.name ?? 'unknown') : reading.name,
    heroku: isUnseen ? (before?.heroku ?? heroku) : heroku,
    unseen: isUnseen ? heroku.because : null,
    idAtFirst: before?.idAtFirst ?? facts?.id ?? null,
    dynosAtFirst: before?.dynosAtFirst ?? facts?.web.quantity ?? null,
    targetAtFirst: before?.targetAtFirst ?? facts?.domain?.cname ?? null,
  };
}

/** The memory of one side of one host, or null before the first look. */
export function platformOf(
  memory: readonly PlatformMemory[],
  host: RecordName,
  side: SideName,
): PlatformMemory | null {
  return memory.find((entry) => entry.host === host && entry.side === side) ?? null;
}
