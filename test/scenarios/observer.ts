import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { decode, encode } from 'dns-packet';
import type { Lab } from '../../src/lab/lab.js';
import { recordsAt } from './writes.js';
import { stateAt, targetPercent, zoneStates, type ZoneState } from './zone-states.js';

/** One question to one name server and how it ended. */
export interface Answer {
  readonly server: string;
  /** On the lab's clock. */
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  /** The side whose name was handed out, or what came instead. */
  readonly gave: string;
}

/** What each name server is asked, in questions a second. */
const questionsPerSecond = 80;

/** Longer than the process that the lab and the test share is ever held up. */
const patienceMs = 5_000;

/** What chance may do to a count, in standard errors: one right count in two million is farther off. */
const standardErrors = 5;

/**
 * Asks every name server of a lab over and over for the live host, directly over UDP, from before a migration begins until after
 * it has ended, and holds the answers and the zone against each other.
 */
export class Observer implements AsyncDisposable {
  readonly answers: Answer[] = [];
  readonly #lab: Lab;
  readonly #initial = new Array<ZoneState>();
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (gave: string) => void>();
  #nextId = 0;
  #stopped: Promise<unknown> | undefined;
  #stops = false;

  private constructor(lab: Lab, socket: Socket) {
    this.#lab = lab;
    this.#socket = socket;
    this.#initial.push({ sinceMs: 0, records: recordsAt(lab, `${lab.host}.`) });
    socket.on('message', (bytes) => {
      const packet = decode(bytes);
      this.#waiting.get(packet.id ?? -1)?.(this.#meaning(packet));
    });
  }

  /** Begins to ask. */
  static async watch(lab: Lab): Promise<Observer> {
    const socket = createSocket('udp4').bind(0);
    await once(socket, 'listening');
    const observer = new Observer(lab, socket);
    observer.#stopped = Promise.all(
      lab.settings.addresses.nameServers.map((server) => observer.#loop(server)),
    );
    return observer;
  }

  /** Resolves when the last answer is in. */
  async stop(): Promise<void> {
    this.#stops = true;
    await this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#socket.close();
  }

  /** Every state that the zone has been in. */
  get states(): readonly ZoneState[] {
    return zoneStates(this.#lab, this.#initial[0]!.records);
  }

  /** What the zone gave to the target at an instant of the lab's clock, in percent. */
  shareAt(atMs: number): number {
    return targetPercent(this.#lab, stateAt(this.states, atMs));
  }

  /** The longest time in which a name server was not asked. */
  get longestPauseMs(): number {
    return Math.max(
      ...this.#byServer().map((answers) =>
        answers.reduce((longest, { askedAtMs }, index) => {
          const before = answers[index - 1]?.askedAtMs ?? askedAtMs;
          return Math.max(longest, askedAtMs - before);
        }, 0),
      ),
    );
  }

  /** Everything that must never be, in words; empty when all was well. */
  findings(propagationMs: number): readonly string[] {
    return [
      ...this.#unresolved(),
      ...this.#givingNobody(),
      ...this.#tooEarly(),
      ...this.#offTheShare(propagationMs),
    ];
  }

  #byServer(): readonly (readonly Answer[])[] {
    const { nameServers } = this.#lab.settings.addresses;
    return nameServers.map((server) => this.answers.filter((answer) => answer.server === server));
  }

  #unresolved(): readonly string[] {
    return this.answers
      .filter(({ gave }) => gave !== 'source' && gave !== 'target')
      .map(({ server, askedAtMs, gave }) => `${server} gave ${gave} at ${askedAtMs}`);
  }

  #givingNobody(): readonly string[] {
    return this.states
      .filter((state) => Number.isNaN(targetPercent(this.#lab, state)))
      .map(
        ({ sinceMs, records }) =>
          `the zone gave traffic to neither side since ${sinceMs}: ${JSON.stringify(records)}`,
      );
  }

  /** Answers with the target that came before any state that allows them. */
  #tooEarly(): readonly string[] {
    const opened = this.states.find((state) => targetPercent(this.#lab, state) > 0);
    return this.answers
      .filter(({ gave, answeredAtMs }) => gave === 'target' && answeredAtMs < (opened?.sinceMs ?? Infinity))
      .map(({ server, answeredAtMs }) => `${server} gave the target at ${answeredAtMs}, before any stage`);
  }

  /** Between two changes, once every name server has the first: each server's answers against the share that is set. */
  #offTheShare(propagationMs: number): readonly string[] {
    const { states } = this;
    return states.flatMap((state, index) => {
      const share = targetPercent(this.#lab, state) / 100;
      const [from, until] = [state.sinceMs + propagationMs, states[index + 1]?.sinceMs ?? Infinity];
      return this.#byServer().flatMap((all) => {
        const answers = all.filter(
          ({ askedAtMs, answeredAtMs }) => askedAtMs >= from && answeredAtMs < until,
        );
        const given = answers.filter(({ gave }) => gave === 'target').length;
        const allowed = standardErrors * Math.sqrt(share * (1 - share) * answers.length);
        if (Math.abs(given - share * answers.length) <= allowed) return [];
        return [
          `${answers[0]?.server} gave the target ${given} times of ${answers.length} at a share of ${share}`,
        ];
      });
    });
  }

  async #loop(server: string): Promise<void> {
    const everyMs = 1_000 / questionsPerSecond;
    const asked: Promise<void>[] = [];
    let due = performance.now();
    while (!this.#stops) {
      asked.push(this.#ask(server));
      due = Math.max(due + everyMs, performance.now() - everyMs);
      await sleep(due - performance.now());
    }
    await Promise.all(asked);
  }

  async #ask(server: string): Promise<void> {
    const id = (this.#nextId = (this.#nextId + 1) % 65_536);
    const askedAtMs = this.#lab.now();
    const query = encode({ type: 'query', id, questions: [{ name: this.#lab.host, type: 'A' }] });
    this.#socket.send(query, this.#lab.settings.dnsPort, server);
    const gave = await new Promise<string>((resolve) => {
      const timer = setTimeout(() => resolve('no answer'), patienceMs);
      this.#waiting.set(id, (meaning) => {
        clearTimeout(timer);
        resolve(meaning);
      });
    });
    this.#waiting.delete(id);
    this.answers.push({ server, askedAtMs, answeredAtMs: this.#lab.now(), gave });
  }

  #meaning(packet: ReturnType<typeof decode>): string {
    const { rcode } = packet as { rcode?: string };
    const names = (packet.answers ?? []).flatMap((answer) => (answer.type === 'CNAME' ? [answer.data] : []));
    const [name] = names;
    if (rcode !== 'NOERROR' || names.length !== 1) return `${rcode} with ${names.length} names`;
    if (name === this.#lab.source.dnsName) return 'source';
    return name === this.#lab.target.dnsName ? 'target' : `the name ${name}`;
  }
}
