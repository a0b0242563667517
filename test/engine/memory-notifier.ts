import type { HookAnswer } from '../../src/core/hook-state.js';
import type { Message } from '../../src/core/notify/message.js';
import type { Destination, Heartbeat, Hook } from '../../src/core/policy/notify-policy.js';
import { err, ok, type Result } from '../../src/core/result.js';
import type { HookQuestion, JournalHead, Notifier } from '../../src/engine/ports.js';

interface Told {
  readonly kind: Destination['kind'];
  readonly message: Message;
  readonly head: JournalHead;
}

/** Receivers without a network: they keep what they get, refuse it, or never answer. */
export class MemoryNotifier implements Notifier {
  readonly told: Told[] = [];
  readonly questions: HookQuestion[] = [];
  beats = 0;
  /** Where the last heartbeat went. */
  beaten: Heartbeat | null = null;
  /** What a kind of receiver does in place of accepting. */
  readonly faults: Map<Destination['kind'] | 'hook' | 'heartbeat', 'refuse' | 'hang' | 'throw'> = new Map();
  hookAnswer: HookAnswer = 'go';
  /** Called when a message arrives, before it is answered. */
  onTell: () => unknown = () => undefined;
  /** Called when a hook is asked, before it answers. */
  onAsk: () => unknown = () => undefined;

  async tell(to: Destination, message: Message, head: JournalHead): Promise<Result<string, string>> {
    await this.onTell();
    const refused = await this.fault(to.kind);
    if (refused) return err('answered 503');
    this.told.push({ kind: to.kind, message, head });
    return ok('answered 200');
  }

  async ask(_hook: Hook, question: HookQuestion): Promise<{ answer: HookAnswer; because: string }> {
    this.questions.push(question);
    this.onAsk();
    if (await this.fault('hook')) return { answer: 'none', because: 'answered 500' };
    return { answer: this.hookAnswer, because: `it says ${this.hookAnswer}` };
  }

  async beat(heartbeat: Heartbeat): Promise<Result<string, string>> {
    if (await this.fault('heartbeat')) return err('answered 500');
    this.beaten = heartbeat;
    this.beats += 1;
    return ok('answered 200');
  }

  private async fault(name: Destination['kind'] | 'hook' | 'heartbeat'): Promise<boolean> {
    const fault = this.faults.get(name);
    if (fault === 'throw') throw new Error('the notifier broke');
    if (fault === 'hang') await new Promise(() => undefined);
    return fault === 'refuse';
  }
}
