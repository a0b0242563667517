import type { Config } from '../config.js';
import type { SocketAddress } from '../config/setting-value.js';
import type { Daemon } from '../daemon/daemon.js';
import type { ControllerListener } from '../engine/controller.js';
import type { Log, Store } from '../engine/ports.js';
import type { SnapshotWatch } from '../store/sqlite/snapshots.js';
import { composeMigrations } from './migrations.js';

/** How long giving back leases and sending the last messages may take at the end. */
const lastMs = 2_000;

export interface DaemonParts {
  readonly config: Config;
  readonly store: Store & SnapshotWatch;
  readonly log: Log;
  readonly listener: ControllerListener;
  /** Where `/healthz` is answered, or null for nowhere. */
  readonly healthAt: SocketAddress | null;
  /** Called when nothing stands in its way any more. */
  readonly begun: () => void;
}

/**
 * Drives every live migration of an open store until the signal comes; resolves with how much had not ended in time. Throws a
 * StoreError with the reason `taken` when another daemon has this state directory, and Node's own error when nothing can listen there.
 */
export async function composeDaemon(parts: DaemonParts, signal: AbortSignal): Promise<number> {
  const { lockDaemon } = await import('../store/sqlite/daemon-lock.js');
  const lock = lockDaemon(parts.config.stateDirectory.path);
  try {
    return await runLocked(parts, signal);
  } finally {
    lock[Symbol.dispose]();
  }
}

async function runLocked(
  { config, store, log, listener, healthAt, begun }: DaemonParts,
  signal: AbortSignal,
): Promise<number> {
  const { Daemon } = await import('../daemon/daemon.js');
  const { serviceManager } = await import('../daemon/service-manager.js');
  const { createSystemClock } = await import('../adapters/clock/system-clock.js');
  const migrations = await composeMigrations(config, store, 'background', log);
  const controller = migrations.controller(listener);
  const manager = serviceManager(process.env, log);
  const warning = (): string | null => store.snapshotTrouble();
  const daemon = new Daemon({ controller, clock: createSystemClock(), log, manager, warning });
  const health = await listen(healthAt, daemon);
  begun();
  const left = await daemon.run(signal);
  const closing = (async () => {
    await controller[Symbol.asyncDispose]();
    await migrations[Symbol.asyncDispose]();
    await health?.[Symbol.asyncDispose]();
    return true;
  })();
  const isClosed = await Promise.race([closing, later(lastMs)]);
  return isClosed ? left : left + 1;
}

async function listen(at: SocketAddress | null, daemon: Daemon): Promise<AsyncDisposable | null> {
  if (at === null) return null;
  const { serveHealth } = await import('../daemon/health-server.js');
  return serveHealth(at, () => daemon.health());
}

function later(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}
