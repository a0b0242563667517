import type { Config } from '../config.js';

/** Said again although the SDK reads the same variable, so that no profile can lead a lab migration to another endpoint. */
export function route53Options({ route53Endpoint }: Config): { endpoint?: string } {
  return route53Endpoint === null ? {} : { endpoint: route53Endpoint };
}
