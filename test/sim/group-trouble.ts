import type { Chance } from './chance.js';
import type { PlayedHost } from './played-host.js';
import type { Health, LogLine } from './zone-log.js';

/** What becomes of a side of one host, in seconds from the start of a run. */
export interface Trouble {
  readonly at: number;
  readonly host: PlayedHost;
  readonly side: 'source' | 'target';
  readonly health: Health;
}

/**
 * What befalls a group while traffic moves, in order: the target of one host is ill, and it may be that the source of another is down
 * meanwhile.
 */
export function groupTrouble(chance: Chance, hosts: readonly PlayedHost[]): readonly Trouble[] {
  if (chance.happens(0.3)) return [];
  const ill = chance.pick(hosts);
  const at = chance.between(9, 16);
  const health = chance.pick(['failed', 'failed', 'failed', 'silent'] as const);
  const illness = { at, host: ill, side: 'target', health } as const;
  if (chance.happens(0.5, 'the target of one host is ill')) return [illness];
  chance.count('the target of one host is ill and the source of another is down');
  const source = { host: chance.pick(hosts.filter((other) => other !== ill)), side: 'source' } as const;
  const illAt = at + chance.between(1, 14);
  return [
    { ...source, at, health: 'failed' },
    { ...illness, at: illAt },
    { ...source, at: illAt + chance.between(3, 15), health: 'ok' },
  ];
}

/** How often a controller that goes back wrote a part of its group alone. */
export function putBackAlone(lines: readonly LogLine[], hosts: readonly PlayedHost[]): number {
  const goingBack = new Set<string>();
  let count = 0;
  for (const line of lines) {
    if (line.kind === 'told' && line.what === 'rollback-requested') goingBack.add(line.author);
    if (line.kind !== 'change' || !goingBack.has(line.author)) continue;
    const written = hosts.filter(({ marker }) => line.changes.some(({ record }) => record.name === marker));
    if (written.length > 0 && written.length < hosts.length) count += 1;
  }
  return count;
}
