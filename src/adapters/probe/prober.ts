import { randomInt } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { ProbeOutcome } from '../../core/probe.js';
import { displayName } from '../../core/record-name.js';
import { safeText } from '../../core/safe-text.js';
import { formatDuration } from '../../core/time.js';
import type { Clock, Dns, Prober, ProbeRequest } from '../../engine/ports.js';
import { openConnection } from './connection.js';
import { underDeadline } from './deadline.js';
import { exchange } from './exchange.js';
import { findFault } from './judge.js';
import { start } from './progress.js';
import { lateness, troubleOf } from './trouble.js';
import { trustedRoots } from './trusted-roots.js';

const maxBecause = 240;

/** A deadline noticed this late was missed by this process, not by the side. */
const stalledMs = 500;

/** An outcome before its time and its text are made fit to be kept. */
type Finding = Pick<ProbeOutcome, 'result' | 'because'> &
  Partial<Pick<ProbeOutcome, 'status' | 'latencyMs' | 'certificateEndsAt'>>;

interface Tools {
  readonly dns: Dns;
  readonly clock: Clock;
  readonly roots: () => SecureContext;
}

/**
 * Asks one side as a new client would: resolves the side's own DNS target, opens a new connection to one of its addresses (any,
 * IPv4 where there is one) with SNI and Host of the live host name, and verifies the certificate against that name. So a side is
 * tried as the live host before any DNS record points at it.
 *
 * `latencyMs` is from the start of connecting to the end of the body. The deadline covers the same; looking up the target has the
 * same time once more for itself, because a slow resolver of ours is not the side's fault.
 *
 * @param caFile PEM certificates trusted besides the usual authorities; throws at once when they cannot be read
 */
export function createProber(settings: { dns: Dns; caFile: string | null; clock: Clock }): Prober {
  const tools = { dns: settings.dns, clock: settings.clock, roots: trustedRoots(settings.caFile) };
  return {
    async probe(request, signal) {
      const at = tools.clock.now();
      const finding = await find(tools, request, signal).catch((error: unknown): Finding => ({
        result: 'unknown',
        because: `the probe itself broke: ${String(error)}`,
      }));
      return {
        at,
        status: null,
        latencyMs: null,
        certificateEndsAt: null,
        ...finding,
        because: safeText(finding.because, maxBecause),
      };
    },
  };
}

async function find(tools: Tools, request: ProbeRequest, signal: AbortSignal): Promise<Finding> {
  const resolved = await resolve(tools, request, signal);
  return 'address' in resolved ? ask(tools, request, resolved.address, signal) : resolved;
}

async function resolve(
  { dns, clock }: Tools,
  { endpoint, timeoutMs }: ProbeRequest,
  signal: AbortSignal,
): Promise<Finding | { address: string }> {
  const lookup = await underDeadline(clock, timeoutMs, signal, (stop) => dns.addresses(endpoint, stop));
  const name = displayName(endpoint);
  if (!lookup.ok) {
    const late = `the resolver did not find ${name} within ${formatDuration(timeoutMs)}`;
    return lookup.error === 'caller' ? cancelled : { result: 'unknown', because: late };
  }
  const found = lookup.value;
  if (!found.ok && found.error.reason !== 'not-found') {
    return { result: 'unknown', because: `${name} could not be resolved: ${found.error.message}` };
  }
  const address = found.ok ? choose(found.value) : undefined;
  if (address !== undefined) return { address };
  return { result: 'failed', because: `the side's DNS target no longer exists: ${name} has no address` };
}

/** Any of them, so that one bad address among good ones is found in the course of a few probes. */
function choose(addresses: readonly string[]): string | undefined {
  const preferred = addresses.filter((address) => isIPv4(address));
  const candidates = preferred.length > 0 ? preferred : addresses;
  return candidates.length > 0 ? candidates[randomInt(candidates.length)] : undefined;
}

async function ask(
  { clock, roots }: Tools,
  request: ProbeRequest,
  address: string,
  signal: AbortSignal,
): Promise<Finding> {
  const { port, path, timeoutMs, expect } = request;
  const host = displayName(request.host);
  const progress = start(address, port);
  const context = roots();
  const startMs = clock.monotonicMs();
  try {
    const asked = await underDeadline(clock, timeoutMs, signal, async (stop) => {
      const target = { address, port, serverName: host, roots: context };
      const socket = await openConnection(target, progress, stop);
      return exchange(socket, { host, port, path }, progress, stop);
    });
    const latencyMs = clock.monotonicMs() - startMs;
    const { status, certificateEndsAt } = progress;
    if (!asked.ok) {
      if (asked.error === 'caller') return cancelled;
      if (latencyMs > timeoutMs + stalledMs) return stalled(latencyMs);
      return { ...lateness(timeoutMs, progress), status, certificateEndsAt };
    }
    const fault = findFault(asked.value, expect, host);
    const seen = { status, latencyMs, certificateEndsAt };
    if (fault !== null) return { result: 'failed', because: fault, ...seen };
    return { result: 'ok', because: `${asked.value.status} in ${Math.round(latencyMs)} ms`, ...seen };
  } catch (error) {
    const { status, certificateEndsAt } = progress;
    return { ...troubleOf(error, host, progress), status, certificateEndsAt };
  }
}

const cancelled: Finding = { result: 'unknown', because: 'the probe was ended before there was an answer' };

function stalled(elapsedMs: number): Finding {
  return {
    result: 'unknown',
    because: `this process was held up; the deadline passed unseen for ${formatDuration(elapsedMs)}`,
  };
}
