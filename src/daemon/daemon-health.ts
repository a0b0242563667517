import type { TickAge } from '../engine/tick-age.js';

/** The shape of `/healthz`; the number grows when a field changes its meaning or goes away. */
export const healthVersion = 1 as const;

/** How the daemon itself is, for whatever would restart it or page about it. */
export interface DaemonHealth {
  readonly version: typeof healthVersion;
  /** It wakes up, it can read its journals, and no live migration is overdue: what answers 200. */
  readonly healthy: boolean;
  /** A restart cannot help against anything but this: it does not wake up, or ticks of one migration hang one after the other. */
  readonly stuck: boolean;
  /** What is wrong, one sentence each; empty when nothing is. */
  readonly problems: readonly string[];
  /** What somebody should look at when there is time; it makes nothing unhealthy, and no restart helps. */
  readonly warnings: readonly string[];
  /** Since it last looked at its list of migrations; null before the first time. */
  readonly lastWakeAgeMs: number | null;
  /** How often since the start wake-ups were missed, each time however many, or a clock jumped. */
  readonly gaps: number;
  readonly migrations: readonly TickAge[];
}

/** Wake-ups come every second. */
const sleepyAfterMs = 30_000;

/** With so many ticks of one migration hanging no other is tried. */
const manyHanging = 3;

export function daemonHealth(seen: {
  readonly lastWakeAgeMs: number | null;
  readonly gaps: number;
  /** Why the list of migrations could not be read the last time, or null. */
  readonly trouble: string | null;
  /** What is to be looked at, or null. */
  readonly warning?: string | null;
  readonly migrations: readonly TickAge[];
}): DaemonHealth {
  const { lastWakeAgeMs, gaps, trouble, warning = null, migrations } = seen;
  const isAsleep = lastWakeAgeMs !== null && lastWakeAgeMs > sleepyAfterMs;
  const hanging = migrations.filter((migration) => migration.hanging >= manyHanging);
  const problems = [
    ...(trouble === null ? [] : [trouble]),
    ...(lastWakeAgeMs === null && trouble === null ? ['it has not looked at its migrations yet'] : []),
    ...(isAsleep ? [`it has not looked at its migrations for ${seconds(lastWakeAgeMs)}`] : []),
    ...hanging.map(({ id }) => `${id}: its ticks hang; a restart ends them`),
    ...migrations
      .filter(({ isOverdue }) => isOverdue)
      .map(({ id, lastTickAgeMs, phase }) =>
        phase === 'unreadable'
          ? `${id}: its journal cannot be read`
          : `${id}: overdue, nobody has looked for ${seconds(lastTickAgeMs)}`,
      ),
  ];
  return {
    version: healthVersion,
    healthy: problems.length === 0,
    stuck: isAsleep || hanging.length > 0,
    problems,
    warnings: warning === null ? [] : [warning],
    lastWakeAgeMs,
    gaps,
    migrations,
  };
}

/** For the one line that a service manager shows. */
export function healthLine({ healthy, problems, migrations }: DaemonHealth): string {
  const count = `${migrations.length} live migration${migrations.length === 1 ? '' : 's'}`;
  return healthy ? count : `${count}; ${problems.join('; ')}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
