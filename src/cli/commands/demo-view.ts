import type { Event } from '../../core/event.js';
import type { Status } from '../../core/status.js';
import type { Lab } from '../../lab/lab.js';
import type { ScenarioName } from '../../lab/scenario-name.js';
import { scenarios } from '../../lab/scenario.js';
import { eventLine } from '../render/event-line.js';
import { LiveScreen } from '../render/live-screen.js';
import { localTime, stopwatch } from '../render/moment.js';
import { statusView } from '../render/status-view.js';
import type { Terminal } from '../terminal.js';

/** Seconds over which the clients' share is measured: long enough for a steady number, short enough to follow a stage. */
const shareSeconds = 3;

/** Events under the live view, where the terminal has room for them. */
const maxShownEvents = 6;

/** The product's own view, and under it what the lab's users see. Without a terminal: one line for each event. */
export class DemoView {
  private readonly terminal: Terminal;
  private readonly lab: Lab;
  private readonly scenario: ScenarioName;
  private readonly screen: LiveScreen;
  private readonly recent: string[] = [];
  /** Events of a tick whose status, which says what was measured in it, is still to come. */
  private readonly untold: (string | null)[] = [];
  private status: Status | null = null;

  constructor(terminal: Terminal, lab: Lab, scenario: ScenarioName) {
    this.terminal = terminal;
    this.lab = lab;
    this.scenario = scenario;
    this.screen = new LiveScreen(terminal);
  }

  /** One line of the product's JSON output. */
  take(line: string): void {
    const message = JSON.parse(line) as { type: 'event'; event: Event } | { type: 'status'; status: Status };
    if (message.type === 'event') {
      this.untold.push(eventLine(message.event));
      return;
    }
    this.status = message.status;
    for (const event of this.untold.splice(0)) this.event(event);
  }

  draw(): void {
    if (this.status !== null) this.screen.draw(this.frame(this.status));
  }

  end(): void {
    for (const event of this.untold.splice(0)) this.event(event);
    this.draw();
    this.screen[Symbol.dispose]();
    if (!this.terminal.isInteractive && this.status !== null)
      for (const line of this.frame(this.status)) this.terminal.out(line);
  }

  private event(line: string | null): void {
    if (line === null) return;
    this.recent.push(line);
    if (this.recent.length > maxShownEvents) this.recent.shift();
    if (!this.terminal.isInteractive) this.terminal.out(`${line}${this.shares()}`);
  }

  /** What is less important gets the room that the rest leaves: a view that is cut off at its end loses what the users see. */
  private frame(status: Status): string[] {
    const { terminal } = this;
    const users = this.userLine();
    const whole = [users, ...this.troubleLines(status)];
    const lines = this.view(status, whole);
    if (!terminal.isInteractive) return lines;
    const rows = terminal.rows() - 1;
    if (lines.length > rows) return this.view(status, [users]);
    const room = Math.min(this.recent.length, rows - lines.length - 1);
    return room < 1 ? lines : this.view(status, [...whole, '', ...this.recent.slice(-room)]);
  }

  private view(status: Status, footer: readonly string[]): string[] {
    const { terminal } = this;
    const options = { columns: terminal.columns(), hasColor: terminal.hasColor, now: Date.now() };
    return statusView(status, { ...options, footer });
  }

  private shares(): string {
    const share = this.lab.measuredShare(shareSeconds);
    const names = this.status?.hosts[0]?.measuredShare ?? null;
    if (share === undefined || names === null) return '';
    return `  [set ${this.status?.share ?? 0}%, name servers ${Math.round(names)}%, users ${Math.round(share.targetPercent ?? 0)}%]`;
  }

  private userLine(): string {
    const share = this.lab.measuredShare(shareSeconds);
    if (share === undefined) return '';
    const { source, target } = share;
    const failed = source.failed + target.failed;
    const percent =
      share.targetPercent === undefined
        ? 'no requests yet'
        : `${Math.round(share.targetPercent)}% at the target`;
    return `users      ${percent} (last ${shareSeconds} s: ${source.requests} source, ${target.requests} target, ${failed} failed)`;
  }

  /** What the lab does to the world, and how soon the product noticed. */
  private troubleLines({ rollback }: Status): string[] {
    const scenario = `scenario   ${scenarios[this.scenario].summary}`;
    const fault = this.lab.scenarioEvents().find(({ effect }) => effect.kind === 'target');
    if (fault === undefined) return [scenario];
    const noticed =
      rollback === null ? '' : `, noticed after ${stopwatch(rollback.requestedAt - fault.atMs)}`;
    return [scenario, `fault      since ${localTime(fault.atMs)}${noticed}`];
  }
}
