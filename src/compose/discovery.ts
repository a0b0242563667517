import type { Config } from '../config.js';
import type { AppDirectory, ZoneDirectory } from '../engine/inspection-ports.js';
import { herokuDeadlineMs } from './metric-sources.js';
import { route53Options } from './route53-options.js';

/** What the credentials of this person can see; nothing here writes. */
export interface Discovery {
  readonly zones: ZoneDirectory;
  readonly apps: AppDirectory;
}

export async function composeDiscovery(config: Config): Promise<Discovery> {
  const { createZoneDirectory } = await import('../adapters/route53/zone-directory.js');
  const { createHeroku } = await import('../adapters/heroku/heroku.js');
  const { herokuHost: host, herokuToken: token, herokuTokenTrouble: tokenTrouble } = config;
  return {
    zones: await createZoneDirectory(route53Options(config)),
    apps: await createHeroku({ host, token, tokenTrouble, deadlineMs: herokuDeadlineMs }),
  };
}
