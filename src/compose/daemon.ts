import type { Config } from '../config.js';
import type { ControllerListener } from '../engine/controller.js';
import type { Log, Store } from '../engine/ports.js';
import { composeMigrations } from './migrations.js';

/** Drives every live migration of an open store until the signal comes. */
export async function composeDaemon(
  config: Config,
  store: Store,
  log: Log,
  listener: ControllerListener,
  signal: AbortSignal,
): Promise<void> {
  const { runDaemon } = await import('../daemon/daemon.js');
  await using migrations = await composeMigrations(config, store, 'background', log);
  await using controller = migrations.controller(listener);
  await runDaemon(controller, log, signal);
}
