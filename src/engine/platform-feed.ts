import type { MigrationState } from '../core/migration-state.js';
import { endpoint, type Endpoint, type HostPlan } from '../core/plan.js';
import { lookIsDue } from '../core/platform/look-due.js';
import { platformOf, type PlatformMemory } from '../core/platform/platform-memory.js';
import type { HerokuReading, PlatformReading } from '../core/platform/platform-reading.js';
import type { SideName } from '../core/probe.js';
import type { Clock, Dns, HerokuApi } from './ports.js';

/** Where a tick hears what the platforms themselves say of both sides. */
export interface PlatformFeed {
  /** Looks at the sides for which it is time, and at none of the others. A look that fails is a value; never rejects. */
  collect(state: MigrationState, signal: AbortSignal): Promise<readonly PlatformReading[]>;
}

/** Asks DNS for each side's own name, and Heroku for each of its apps. */
export class AskingFeed implements PlatformFeed {
  private readonly ports: AskingPorts;
  private heroku: Promise<HerokuApi> | null = null;

  constructor(ports: AskingPorts) {
    this.ports = ports;
  }

  collect(state: MigrationState, signal: AbortSignal): Promise<readonly PlatformReading[]> {
    const now = this.ports.clock.now();
    const due = state.plan.hosts.flatMap((host) =>
      (['source', 'target'] as const)
        .map((side) => ({ host, side, memory: platformOf(state.platforms, host.host, side) }))
        .filter(({ memory }) => lookIsDue(state, memory, now)),
    );
    return Promise.all(due.map(({ host, side, memory }) => this.look(host, side, memory, signal)));
  }

  private async look(
    host: HostPlan,
    side: SideName,
    memory: PlatformMemory | null,
    signal: AbortSignal,
  ): Promise<PlatformReading> {
    const planned = endpoint(host, side);
    const [name, heroku] = await Promise.all([
      this.nameOf(planned, signal),
      planned.platform === 'heroku' ? this.askHeroku(planned.app, host, memory, signal) : null,
    ]);
    return { host: host.host, side, at: this.ports.clock.now(), name, heroku };
  }

  private async nameOf({ dnsName }: Endpoint, signal: AbortSignal): Promise<PlatformReading['name']> {
    try {
      const found = await this.ports.dns.addresses(dnsName, signal);
      if (found.ok) return 'exists';
      return found.error.reason === 'not-found' ? 'missing' : 'unknown';
    } catch {
      return 'unknown';
    }
  }

  /** An app that has another name than the planned one is still found by the id it was seen with. */
  private async askHeroku(
    app: string,
    { host }: HostPlan,
    memory: PlatformMemory | null,
    signal: AbortSignal,
  ): Promise<HerokuReading> {
    const id = memory?.heroku?.status === 'seen' ? memory.heroku.facts.id : null;
    try {
      const heroku = await (this.heroku ??= this.ports.heroku());
      const byName = await heroku.facts(app, host, signal);
      if (byName.ok) return { status: 'seen', facts: byName.value };
      if (byName.error.reason !== 'not-found') return { status: 'unknown', because: byName.error.message };
      const byId = id === null ? byName : await heroku.facts(id, host, signal);
      if (byId.ok) return { status: 'seen', facts: byId.value };
      if (byId.error.reason !== 'not-found') return { status: 'unknown', because: byId.error.message };
      return { status: 'gone', because: byName.error.message };
    } catch (error) {
      return { status: 'unknown', because: error instanceof Error ? error.message : String(error) };
    }
  }
}

export interface AskingPorts {
  readonly dns: Dns;
  /** Opened only when a side is on Heroku. */
  readonly heroku: () => Promise<HerokuApi>;
  readonly clock: Clock;
}
