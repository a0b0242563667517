import { ok } from '../../../src/core/result.js';
import { instant } from '../../../src/core/time.js';
import type { MigrationPlan } from '../../../src/core/plan.js';
import type { Check } from '../../../src/engine/check.js';
import type { Delegation } from '../../../src/engine/inspection-ports.js';
import type { Dns, Prober } from '../../../src/engine/ports.js';
import type { Look, PreflightPorts } from '../../../src/engine/preflight/look.js';
import { World } from '../world.js';

/** A world that a look can be taken at, and what it is told about the delegation of its zone. */
export class PreflightWorld {
  readonly world: World;
  readonly ports: PreflightPorts;
  readonly own: readonly string[] = ['ns-1.lab', 'ns-2.lab', 'ns-3.lab', 'ns-4.lab'];
  delegation: Delegation = {
    resolver: ok(this.own),
    parent: ok(this.own),
    isSigned: ok(false),
  };

  constructor(records?: readonly object[], dns?: (real: Dns) => Dns, prober: Prober = probing('ok')) {
    this.world = new World(records);
    const { zones, clock, ids, dns: real } = this.world.engine;
    this.world.inspection.answeredAt = clock.now();
    this.ports = {
      zones,
      inspection: this.world.inspection,
      dns: { ...(dns?.(real) ?? real), delegation: () => Promise.resolve(this.delegation) },
      prober,
      clock,
      ids,
      heroku: () => Promise.reject(new Error('no Heroku here')),
      herokuStatus: () => Promise.reject(new Error('no Heroku here')),
      resolvers: null,
    };
  }

  plan(): Promise<MigrationPlan> {
    return this.world.plan();
  }

  async look(look: Look): Promise<readonly Check[]> {
    return look(this.ports, await this.plan(), AbortSignal.timeout(5_000));
  }
}

/** Both sides answer every probe like this; `busy`: nobody here has time to see it. */
export function probing(result: 'ok' | 'failed' | 'busy'): Prober {
  const outcome = {
    at: instant(0),
    ...(result === 'busy' ? ({ result: 'unknown', tooBusy: true } as const) : { result }),
    because: '503, expected 200',
    status: 503,
    latencyMs: 1,
    certificateEndsAt: null,
  };
  return { probe: () => Promise.resolve([{ outcome, certificate: null }]) };
}
