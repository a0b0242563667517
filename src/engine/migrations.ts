import type { Failure } from '../core/failure.js';

import type { MigrationState } from '../core/migration-state.js';
import type { MigrationPlan } from '../core/plan.js';
import type { Result } from '../core/result.js';
import { Controller, type ControllerListener } from './controller.js';
import type { Engine } from './engine.js';
import { Journal } from './journal.js';
import {
  approve,
  finalize,
  promote,
  replan,
  type PolicyChange,
  type PromoteChoice,
} from './operator-words.js';
import { begin, pause, requestRollback, resume, type Operator } from './operator.js';
import { aliasEnds } from './alias-end.js';
import { finalAliases } from './final-alias.js';
import { carryOut, propose, type Proposal } from './zone-verb.js';
import { finalizeAsAlias, zoneVerbs, type ZoneVerbName } from './zone-verbs.js';
import { endLease, tick, type TickOutcome, type TickSkipped } from './tick.js';

/** Between two looks at something that goes on outside. */
const lookEveryMs = 1_000;

/** How long somebody waits at a prompt for name servers that usually need a minute; one that is silent must not keep them. */
const drainPatienceMs = 5 * 60_000;

/** Everything that can be done to migrations; what the command line and the daemon hold in their hands. */
export class Migrations implements AsyncDisposable {
  private readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Stores a confirmed plan; the next tick takes over. */
  begin(plan: MigrationPlan): Promise<Result<MigrationState, Failure>> {
    return begin(this.engine, plan);
  }

  /** One tick, and the lease given back, so that the next process need not wait for it. */
  async tickOnce(id: string, signal: AbortSignal): Promise<Result<TickOutcome, TickSkipped>> {
    try {
      return await tick(this.engine, id, signal);
    } finally {
      await endLease(this.engine, id);
      await this.engine.telling.settled(id);
    }
  }

  /** As `tickOnce`; where another process has the migration, the state that it has left in the journal by now. */
  async tickOrRead(id: string, signal: AbortSignal): Promise<MigrationState> {
    const ticked = await this.tickOnce(id, signal);
    return ticked.ok ? ticked.value.state : (await Journal.open(this.engine.store, id, null)).state;
  }

  pause(id: string, operator: Operator): Promise<Result<MigrationState, Failure>> {
    return pause(this.engine, id, operator);
  }

  resume(id: string, operator: Operator): Promise<Result<MigrationState, Failure>> {
    return resume(this.engine, id, operator);
  }

  approve(
    id: string,
    operator: Operator,
    share: number | null = null,
  ): Promise<Result<MigrationState, Failure>> {
    return approve(this.engine, id, operator, share);
  }

  promote(id: string, operator: Operator, choice: PromoteChoice): Promise<Result<MigrationState, Failure>> {
    return promote(this.engine, id, operator, choice);
  }

  finalize(id: string, operator: Operator, override: boolean): Promise<Result<MigrationState, Failure>> {
    return finalize(this.engine, id, operator, override);
  }

  /** Ends the bake early on aliases to the targets; `zoneId` where nothing tells their hosted zone. */
  async finalizeOnAlias(
    id: string,
    operator: Operator,
    choice: { readonly override: boolean; readonly zoneId: string | null },
    signal: AbortSignal,
  ): Promise<Result<MigrationState, Failure>> {
    const { plan } = (await Journal.open(this.engine.store, id, null)).state;
    const ends = await finalAliases(this.engine.dns, plan, choice.zoneId, signal);
    return ends.ok ? finalize(this.engine, id, operator, choice.override, ends.value) : ends;
  }

  replan(id: string, operator: Operator, change: PolicyChange): Promise<Result<MigrationState, Failure>> {
    return replan(this.engine, id, operator, change);
  }

  /** Resolves once Route 53 has accepted; ticks then watch it drain. */
  rollBack(id: string, operator: Operator, signal: AbortSignal): Promise<Result<MigrationState, Failure>> {
    return requestRollback(this.engine, id, operator, signal);
  }

  /**
   * Looks at an accepted rollback until no name server hands out the target any more, whoever ticks it meanwhile: a daemon keeps
   * its lease between its ticks. Resolves early, with the state `draining`, when the signal ends it or after five minutes.
   */
  async untilDrained(begun: MigrationState, signal: AbortSignal): Promise<MigrationState> {
    const { clock } = this.engine;
    const beganAtMs = clock.monotonicMs();
    let state = begun;
    while (state.phase.phase === 'draining' && !signal.aborted) {
      if (clock.monotonicMs() - beganAtMs >= drainPatienceMs) break;
      state = await this.tickOrRead(state.plan.id, signal);
      if (state.phase.phase === 'draining') await this.engine.clock.sleep(lookEveryMs, signal);
    }
    return state;
  }

  /** What the verb would write, from one reading of the zone now; writes nothing. */
  propose(id: string, verb: ZoneVerbName): Promise<Result<Proposal, Failure>> {
    return propose(this.engine, id, zoneVerbs[verb]);
  }

  /** What would be written to end a completed migration on an alias; `zoneId` where nothing tells the alias's hosted zone. */
  async proposeAlias(
    id: string,
    zoneId: string | null,
    signal: AbortSignal,
  ): Promise<Result<Proposal, Failure>> {
    const { plan } = (await Journal.open(this.engine.store, id, null)).state;
    const ends = await aliasEnds(this.engine.dns, plan, zoneId, signal);
    return ends.ok ? propose(this.engine, id, finalizeAsAlias(ends.value)) : ends;
  }

  /** Writes what was proposed, if the zone still is as it was shown. */
  carryOut(proposal: Proposal, operator: Operator): Promise<Result<MigrationState, Failure>> {
    return carryOut(this.engine, proposal, operator);
  }

  /** Looks at what was accepted until it has left this phase, whoever ticks it meanwhile, or the signal ends it. */
  async untilPast(
    begun: MigrationState,
    phase: 'restoring' | 'finalizing',
    signal: AbortSignal,
  ): Promise<MigrationState> {
    let state = begun;
    while (state.phase.phase === phase && !signal.aborted) {
      state = await this.tickOrRead(state.plan.id, signal);
      if (state.phase.phase === phase) await this.engine.clock.sleep(lookEveryMs, signal);
    }
    return state;
  }

  controller(listener: ControllerListener): Controller {
    return new Controller(this.engine, listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.telling[Symbol.asyncDispose]();
    await this.engine.probes[Symbol.asyncDispose]();
    await this.engine.metrics[Symbol.asyncDispose]();
  }
}
