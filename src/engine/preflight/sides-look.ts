import { probeAll } from '../probe-feed.js';
import { sideChecks } from '../side-checks.js';
import type { Look } from './look.js';

/** That both sides serve the live host name through their own targets, and what their certificates say. */
export const lookAtSides: Look = async ({ prober, clock }, plan, signal) => {
  const { count, everyMs } = plan.policy.probes.preflight;
  const reports = await probeAll(plan, prober, clock, { count, pauseMs: () => everyMs }, signal);
  const now = clock.now();
  return plan.hosts.flatMap((host) => sideChecks(plan, host, reports, now));
};
