import { readCredentials } from './credentials-look.js';
import { delegationVerdict } from '../core/foundation/delegation.js';
import type { FoundationReading } from '../core/foundation/foundation-reading.js';
import { foundationIsDue } from '../core/foundation/foundation-trouble.js';
import type { MigrationState } from '../core/migration-state.js';
import { describeTrial, splitTrial, trialBatch, trialOutcome } from '../core/permission-trial.js';
import { displayName } from '../core/record-name.js';
import type { Delegations, ZoneInspection } from './inspection-ports.js';
import type { Clock, Ids, ZoneApi } from './ports.js';

/** Where a tick hears whether what the migration stands on is still there. */
export interface FoundationFeed {
  /** Undefined when it is not time to look. A look that fails is a value; never rejects. */
  collect(state: MigrationState, signal: AbortSignal): Promise<FoundationReading | undefined>;
}

export interface FoundationPorts {
  readonly zones: ZoneApi;
  readonly inspection: ZoneInspection;
  readonly dns: Delegations;
  readonly clock: Clock;
  readonly ids: Ids;
}

const trialTimeoutMs = 5_000;
/** Trials of single names and types once the whole was denied. */
const maxSplit = 6;

/** Asks Route 53 and DNS, once an hour. Writes nothing: its one batch can only fail. */
export class HourlyFoundations implements FoundationFeed {
  private readonly ports: FoundationPorts;

  constructor(ports: FoundationPorts) {
    this.ports = ports;
  }

  async collect(state: MigrationState, signal: AbortSignal): Promise<FoundationReading | undefined> {
    const { clock } = this.ports;
    if (!foundationIsDue(state, clock.now()))
      return state.foundation === null ? this.credentialsAlone(state, signal) : undefined;
    const [zone, delegation, rollback, account, credentials] = await Promise.all([
      unlessBroken(this.zone(state, signal)),
      unlessBroken(this.delegation(state, signal)),
      unlessBroken(this.rollback(state, signal)),
      this.ports.inspection.account(signal).catch(() => null),
      readCredentials(this.ports.inspection, clock.now(), signal).catch(() => null),
    ]);
    return {
      at: clock.now(),
      zone,
      delegation,
      rollback,
      account: account?.ok === true ? account.value : null,
      credentials,
    };
  }

  /** Asks nobody but this machine. What ends within the first hour is told in time like this; the rest was looked at before the start. */
  private async credentialsAlone(
    { plan }: MigrationState,
    signal: AbortSignal,
  ): Promise<FoundationReading | undefined> {
    const { inspection, clock } = this.ports;
    const credentials = await readCredentials(inspection, clock.now(), signal).catch(() => null);
    if (credentials === null) return undefined;
    const unknown = { status: 'unknown' } as const;
    return {
      at: plan.createdAt,
      zone: unknown,
      delegation: unknown,
      rollback: unknown,
      account: null,
      credentials,
    };
  }

  private async zone({ plan }: MigrationState, signal: AbortSignal): Promise<FoundationReading['zone']> {
    const { inspection, zones } = this.ports;
    const described = await inspection.describe(plan.zone.id, signal);
    if (described.ok) return { status: 'there' };
    if (described.error.reason !== 'not-found') return { status: 'unknown' };
    const others = await zones.zonesFor(plan.zone.name, signal);
    const again = others.ok
      ? others.value.find(({ name, ...zone }) => name === plan.zone.name && !zone.private)
      : undefined;
    const because =
      again === undefined
        ? described.error.message
        : `${displayName(plan.zone.name)} is now the zone ${again.id}, which this migration does not write to`;
    return { status: 'gone', because };
  }

  private async delegation(
    { plan }: MigrationState,
    signal: AbortSignal,
  ): Promise<FoundationReading['delegation']> {
    const { resolver, parent } = await this.ports.dns.delegation(plan.zone.name, signal);
    const verdict = delegationVerdict(plan.zone.nameServers, {
      resolver: resolver.ok ? resolver.value : null,
      parent: parent.ok ? parent.value : null,
    });
    switch (verdict.delegation) {
      case 'ours':
      case 'unknown':
        return { status: verdict.delegation };
      case 'elsewhere':
        return { status: 'elsewhere', servers: verdict.servers };
    }
  }

  /** UPSERT of what stands there: the one action that nothing but a rollback uses, so that nobody misses it before. */
  private async rollback(
    { plan, image }: MigrationState,
    signal: AbortSignal,
  ): Promise<FoundationReading['rollback']> {
    const { zones, ids } = this.ports;
    const whole = trialBatch('UPSERT', plan, image, ids.next());
    const outcome = trialOutcome(await zones.change(plan.zone.id, whole, trialTimeoutMs, signal));
    if (outcome.outcome === 'granted') return { status: 'granted' };
    if (outcome.outcome !== 'denied') return { status: 'unknown' };
    const missing: string[] = [];
    for (const part of splitTrial(whole).slice(0, maxSplit)) {
      const each = trialOutcome(await zones.change(plan.zone.id, part, trialTimeoutMs, signal));
      if (each.outcome === 'denied') missing.push(describeTrial(part));
    }
    return {
      status: 'denied',
      missing: missing.length === 0 ? ['UPSERT'] : missing,
      because: outcome.because,
    };
  }
}

async function unlessBroken<T>(look: Promise<T>): Promise<T | { readonly status: 'unknown' }> {
  try {
    return await look;
  } catch {
    return { status: 'unknown' };
  }
}
