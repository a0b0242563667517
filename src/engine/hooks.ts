import type { Event } from '../core/event.js';
import type { MigrationState } from '../core/migration-state.js';
import { safeText } from '../core/safe-text.js';
import { stageShare } from '../core/share.js';
import { isAwaited } from '../core/hook.js';
import type { Background, TellingPorts } from './background.js';
import { withDeadline } from './deadline.js';
import { Journal } from './journal.js';
import type { Instant } from '../core/time.js';

const maxTries = 3;
const maxAnswer = 200;
/** Over the hook's own timeout, for a call that does not keep to it. */
const graceMs = 1_000;

/**
 * Asks the before-stage hook what the journal says is to be asked, and journals the answer; the next tick decides with it. What is
 * asked twice because a process ended in between is answered twice, and that harms nobody.
 */
export class Hooks {
  readonly #ports: TellingPorts;
  readonly #background: Background;
  /** When the question was opened that this process has asked already. */
  readonly #asked = new Map<string, Instant>();
  readonly #stop = new AbortController();

  constructor(ports: TellingPorts, background: Background) {
    this.#ports = ports;
    this.#background = background;
  }

  /** Asks when a question is open; returns at once. */
  begin(state: MigrationState): void {
    const { hook, plan } = state;
    if (hook === null || !isAwaited(state) || this.#asked.get(plan.id) === hook.askedAt) return;
    const isStarted = this.#background.start(`${plan.id} hook`, () =>
      this.#ask(state, hook.stage, hook.askedAt),
    );
    if (isStarted) this.#asked.set(plan.id, hook.askedAt);
  }

  /** What is being asked goes unanswered. */
  end(): void {
    this.#stop.abort();
  }

  async #ask(state: MigrationState, stage: number, askedAt: Instant): Promise<void> {
    const { notifier, clock, log } = this.#ports;
    const { plan, share } = state;
    const hook = plan.policy.hooks?.beforeStage;
    if (hook === undefined) return;
    const question = {
      migrationId: plan.id,
      hosts: plan.hosts.map(({ host }) => host),
      stage,
      shareNow: share,
      shareNext: stageShare(plan.policy, stage),
      because: 'the gate allows this stage',
      askedAt,
    };
    const asking = notifier.ask(hook, question, this.#stop.signal);
    const asked = await withDeadline(asking, hook.timeoutMs + graceMs, clock);
    const { answer, because } = asked.ok ? asked.value : { answer: 'none' as const, because: asked.error };
    if (answer !== 'go') log.warn(`the before-stage hook holds: ${safeText(because, maxAnswer)}`);
    const event = {
      type: 'hook-answered',
      stage,
      answer,
      because: safeText(because, maxAnswer),
    } as const;
    await this.#record(plan.id, (at) => ({ ...event, at }));
  }

  async #record(
    migrationId: string,
    event: (at: Instant) => Event & { type: 'hook-answered' },
  ): Promise<void> {
    const { store, clock } = this.#ports;
    const journal = await Journal.open(store, migrationId, null);
    for (let tries = 0; tries < maxTries; tries += 1) {
      const at = clock.now();
      const answered = event(at);
      if (!isAwaited(journal.state) || journal.state.hook?.stage !== answered.stage) return;
      if ((await journal.append([answered], at)).ok) return;
      await journal.refresh();
    }
  }
}
