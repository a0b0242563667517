import type { ZoneSource } from '../zone/record.js';
import type { HealthView } from './draw.js';
import type { Random } from '../random.js';
import { serveDns, type NameServer } from './name-server.js';
import { resolveQuestion } from './recursion.js';

export interface RecursiveOptions {
  readonly zones: ZoneSource;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly random: Random;
  /** As for a name server. */
  readonly isHealthy?: HealthView;
}

/**
 * Starts a recursive resolver without a cache over the zones as the first name server sees them.
 * @throws the system's error when the address cannot be bound.
 */
export async function startRecursive(options: RecursiveOptions): Promise<NameServer> {
  const { zones, host, port, random, isHealthy } = options;
  return await serveDns(host, port, {
    recursive: true,
    answer: (question) => resolveQuestion((name) => zones.zoneFor(0, name), question, random, isHealthy),
  });
}
