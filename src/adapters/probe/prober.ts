import { randomInt } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { FamilyChoice } from '../../core/policy/policy.js';
import { familyName, type AddressFamily } from '../../core/probe.js';
import { displayName } from '../../core/record-name.js';
import { formatDuration } from '../../core/time.js';
import type { Clock, Dns, ProbeAnswer, Prober, ProbeRequest } from '../../engine/ports.js';
import { underAttentiveDeadline, type HeldUp } from './attention.js';
import { openConnection } from './connection.js';
import type { EndedBy } from './deadline.js';
import { exchange } from './exchange.js';
import { finished, type Finding } from './finding.js';
import { findFault } from './judge.js';
import { start } from './progress.js';
import { lateness, troubleOf } from './trouble.js';
import { trustedRoots } from './trusted-roots.js';

interface Tools {
  readonly dns: Dns;
  readonly clock: Clock;
  readonly roots: () => SecureContext;
}

/** One address to ask; `family` is its own. */
interface Peer {
  readonly family: AddressFamily;
  readonly address: string;
}

/**
 * Asks one side as a new client would: resolves the side's own DNS target, opens a new connection to one of its addresses with SNI and
 * Host of the live host name, and verifies the certificate against that name. So a side is tried as the live host before any
 * DNS record points at it.
 *
 * Where the target has addresses of both families, one of each is asked at the same time, each once and neither in the place of
 * the other: a client that falls back to IPv4 would hide an IPv6 that does not work.
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
      const findings = await find(tools, request, signal).catch((error: unknown) => [broken(error)]);
      return findings.map((finding): ProbeAnswer => finished(finding, at));
    },
  };
}

function broken(error: unknown): Finding {
  return { result: 'unknown', because: `the probe itself broke: ${String(error)}` };
}

async function find(tools: Tools, request: ProbeRequest, signal: AbortSignal): Promise<readonly Finding[]> {
  const resolved = await resolve(tools, request, signal);
  if ('result' in resolved) return [resolved];
  return Promise.all(
    resolved.map(async ({ family, address }) => {
      const finding = await ask(tools, request, address, signal).catch(broken);
      return { ...finding, family };
    }),
  );
}

async function resolve(
  { dns, clock }: Tools,
  { endpoint, timeoutMs, families }: ProbeRequest,
  signal: AbortSignal,
): Promise<Finding | readonly Peer[]> {
  const lookup = await underAttentiveDeadline(clock, timeoutMs, signal, (stop) =>
    dns.addresses(endpoint, stop),
  );
  const name = displayName(endpoint);
  if (!lookup.ok) {
    const late = `the resolver did not find ${name} within ${formatDuration(timeoutMs)}`;
    return endedBy(lookup.error, { result: 'unknown', because: late });
  }
  const found = lookup.value;
  if (!found.ok && found.error.reason !== 'not-found') {
    return { result: 'unknown', because: `${name} could not be resolved: ${found.error.message}` };
  }
  const addresses = found.ok ? found.value : [];
  const peers = choose(addresses, families);
  if (peers.length > 0) return peers;
  const because =
    addresses.length > 0 && families !== 'auto'
      ? `${name} has no ${familyName(families)} address`
      : `the side's DNS target no longer exists: ${name} has no address`;
  return { result: 'failed', because };
}

/** Any address of each family, so that one bad address among good ones is found in the course of a few probes. */
function choose(addresses: readonly string[], families: FamilyChoice): readonly Peer[] {
  const all: Readonly<Record<AddressFamily, readonly string[]>> = {
    ipv4: addresses.filter((address) => isIPv4(address)),
    ipv6: addresses.filter((address) => isIPv6(address)),
  };
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const candidates = families === 'auto' || families === family ? all[family] : [];
    const address = candidates.length > 0 ? candidates[randomInt(candidates.length)] : undefined;
    return address === undefined ? [] : [{ family, address }];
  });
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
    const asked = await underAttentiveDeadline(clock, timeoutMs, signal, async (stop) => {
      const target = { address, port, serverName: host, roots: context };
      const socket = await openConnection(target, progress, stop);
      return exchange(socket, { host, port, path, compression: expect.compression }, progress, stop);
    });
    const latencyMs = clock.monotonicMs() - startMs;
    const { status, certificate } = progress;
    if (!asked.ok) return { ...endedBy(asked.error, lateness(timeoutMs, progress)), status, certificate };
    const fault = findFault(asked.value, expect, host);
    const seen = { status, latencyMs, certificate };
    if (fault !== null) return { result: 'failed', because: fault, ...seen };
    return { result: 'ok', because: `${asked.value.status} in ${Math.round(latencyMs)} ms`, ...seen };
  } catch (error) {
    const { status, certificate } = progress;
    return { ...troubleOf(error, host, progress), status, certificate };
  }
}

/** What is known of a side when its time was ended: `late` where it really had it. */
function endedBy(ending: EndedBy | HeldUp, late: Finding): Finding {
  if (ending === 'deadline') return late;
  if (ending === 'caller')
    return { result: 'unknown', because: 'the probe was ended before there was an answer' };
  const held = formatDuration(Math.round(ending.heldMs));
  const because = `this machine was too busy to tell: nothing ran here for ${held} while an answer was waited for`;
  return { result: 'unknown', because, tooBusy: true };
}
