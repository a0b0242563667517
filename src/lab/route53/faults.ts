/** What can go wrong with a call, switched on by name. */
export type FaultKind =
  /** `Throttling` 400. */
  | 'throttle'
  /** `PriorRequestNotComplete` 400; only changes of records are refused with it. */
  | 'prior-request-not-complete'
  /** `AccessDenied` 403. */
  | 'access-denied'
  /** The call does its work, then the connection is cut instead of the answer. */
  | 'drop-reply'
  /** The connection is cut before anything is done. */
  | 'drop-request'
  /** The request is taken and never answered. */
  | 'stall'
  /** The call waits `delayMs` before it does its work; a change keeps its zone busy meanwhile. */
  | 'delay'
  /** Every connection is destroyed at once, as if the service were down; ignores what calls it is limited to. */
  | 'stopped'
  /** Accepted changes stay PENDING and reach no name server until the fault is cleared; ignores limits too. */
  | 'insync-never';

/** A fault and the calls it befalls; without limits, all of them. */
export interface Fault {
  readonly kind: FaultKind;
  readonly on?: 'reads' | 'writes';
  /** Names of API actions, for instance `GetChange`. */
  readonly actions?: readonly string[];
  /** Only so many calls; then the fault is over. */
  readonly next?: number;
  /** Only this part of the calls, from 0 to 1, drawn at random. */
  readonly fraction?: number;
  /** Milliseconds; needed by `delay` and by nothing else. */
  readonly delayMs?: number;
}

interface SwitchedFault {
  readonly fault: Fault;
  left: number;
}

/** The faults that are on, changed at run time by tests and scenarios. */
export class Route53Faults {
  readonly #random: () => number;
  #switched: SwitchedFault[] = [];
  readonly #listeners = new Set<() => void>();

  /** `random` gives numbers in [0, 1); seed it to repeat a run. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Switches a fault on beside those already on. */
  add(fault: Fault): void {
    const { kind, next, fraction, delayMs } = fault;
    if (next !== undefined && !(Number.isInteger(next) && next > 0)) {
      throw new RangeError(`The fault "${kind}" needs "next" to be a whole number above 0, not ${next}.`);
    }
    if (fraction !== undefined && !(fraction >= 0 && fraction <= 1)) {
      throw new RangeError(`The fault "${kind}" needs "fraction" to be from 0 to 1, not ${fraction}.`);
    }
    if ((kind === 'delay') !== (delayMs !== undefined)) {
      throw new RangeError(`"delayMs" belongs to the fault "delay" and to no other; this one is "${kind}".`);
    }
    this.#switched.push({ fault, left: next ?? Infinity });
    this.#changed();
  }

  /** Switches off every fault of one kind, or all faults. */
  clear(kind?: FaultKind): void {
    this.#switched = this.#switched.filter(({ fault }) => kind !== undefined && fault.kind !== kind);
    this.#changed();
  }

  /** The faults that are on, oldest first. */
  list(): readonly Fault[] {
    return this.#switched.map(({ fault }) => fault);
  }

  isOn(kind: FaultKind): boolean {
    return this.#switched.some(({ fault }) => fault.kind === kind);
  }

  /** The fault of this kind that befalls this call, if one does; counts it against its `next`. */
  strike(kind: FaultKind, action: string): Fault | undefined {
    const struck = this.#switched.find(({ fault }) => fault.kind === kind && this.#befalls(fault, action));
    if (struck === undefined) return undefined;
    struck.left -= 1;
    if (struck.left === 0) {
      this.#switched = this.#switched.filter((other) => other !== struck);
      this.#changed();
    }
    return struck.fault;
  }

  /** Calls the listener after every change; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #befalls({ on, actions, fraction }: Fault, action: string): boolean {
    if (on !== undefined && (on === 'writes') !== isWrite(action)) return false;
    if (actions !== undefined && !actions.includes(action)) return false;
    return fraction === undefined || this.#random() < fraction;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function isWrite(action: string): boolean {
  return /^(Change|Create|Delete|Update)/.test(action);
}
