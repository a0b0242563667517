import type { Config } from '../config.js';

/** Whether a daemon drives the migrations of this state directory now; false also where that cannot be told. */
export async function hasRunningDaemon(config: Config): Promise<boolean> {
  const { isDaemonRunning } = await import('../store/sqlite/daemon-lock.js');
  return isDaemonRunning(config.stateDirectory.path);
}
