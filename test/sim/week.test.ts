import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventText } from '../../src/cli/render/event-line.js';
import type { Event } from '../../src/core/event.js';
import { formatLocal } from '../../src/core/local-time.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { isLive } from '../../src/core/phase.js';
import { statusOf } from '../../src/core/status.js';
import { instant, type Instant } from '../../src/core/time.js';
import { Migrations } from '../../src/engine/migrations.js';
import { policyOf, value, World } from '../engine/world.js';

/** A week as a team in Berlin would plan it: office hours, the quiet Saturday night, no Monday, and a person before half of all traffic. */
const week = `
timeZone: Europe/Berlin
windows:
  - { days: [mon, tue, wed, thu, fri], from: 09:00, to: 16:00 }
  - { days: [sat], from: 22:00, to: 04:00 }
freeze: [2026-10-26]
deadline: 2026-10-30
approveWithin: 24h
stages:
  - { share: 5, dwell: 8h }
  - 10
  - 25
  - { share: 50, approve: true }
  - 100
ttl: 60s
tail: 30s
dwell: 1d
bake: 1d
tickEvery: 30m
gapAfter: 1h
gate: { evidence: probes, maxHold: 6h }
`;

const golden = new URL('week.txt', import.meta.url);
const hourMs = 3_600_000;
const tickMs = hourMs / 2;
const zone = 'Europe/Berlin';

/** `Sun 25 Oct 02:05 CET`: in autumn an hour comes twice, and only the zone's short name tells which it is. */
function localTime(at: Instant): string {
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(at);
  const day = `${part({ weekday: 'short' })} ${part({ day: '2-digit' })} ${part({ month: 'short' })}`;
  const name = /CEST|GMT\+2/.test(part({ hour: '2-digit', timeZoneName: 'short' })) ? 'CEST' : 'CET ';
  return `${day} ${part({ hour: '2-digit', minute: '2-digit' })} ${name}`;
}

/** Where it is and what comes next, in one line. */
function statusLine(state: MigrationState, now: Instant): string {
  const { share, phase, because, next } = statusOf(state, now);
  const then = next === null ? '' : `; next: ${next.what}, ${formatLocal(zone, next.at)}`;
  return `= ${share}% ${phase}: ${because}${then}`;
}

/** The migration, its daemon and the people around it. */
class Week {
  readonly world: World = new World();
  readonly lines: (readonly [Instant, string])[] = [];
  id = '';
  state: MigrationState | null = null;
  #migrations: Migrations = this.world.migrations;
  #processes = 1;
  #told = 0;

  async begin(at: string): Promise<void> {
    this.world.now = Date.parse(at);
    const { plan } = await this.world.start({ policy: { ...policyOf(week), name: 'week' } });
    this.id = plan.id;
  }

  now(): Instant {
    return instant(this.world.now);
  }

  /** Ticks every half hour until this moment, or until the migration has ended. */
  async until(at: string): Promise<void> {
    while (this.world.now < Date.parse(at)) {
      const outcome = value(await this.#migrations.tickOnce(this.id, new AbortController().signal));
      this.state = outcome.state;
      await this.tell();
      if (!isLive(outcome.state.phase)) return;
      this.world.pass(Math.min(tickMs, Date.parse(at) - this.world.now));
    }
  }

  /** What the journal has that has not been told. */
  async tell(): Promise<void> {
    const entries = await this.world.store.read(this.id, this.#told);
    for (const { event, sequence } of entries) {
      this.#told = sequence;
      const text = eventText(event);
      // The id of a change tells a person nothing here.
      if (text !== null) this.lines.push([event.at, text.replace(/ \(change \w+\)$/, '')]);
    }
  }

  note(text: string): void {
    this.lines.push([this.now(), `- ${text}`]);
  }

  status(): void {
    if (this.state !== null) this.lines.push([this.now(), statusLine(this.state, this.now())]);
  }

  /** A new process takes over from the journal alone. */
  restart(bootId = this.world.bootId): void {
    this.world.gone.add(`host/boot-1/${this.#processes}`);
    this.#processes += 1;
    this.world.bootId = bootId;
    this.#migrations = new Migrations(this.world.engineOf(`host/boot-1/${this.#processes}`));
    this.note('the daemon is restarted');
  }

  async approve(because: string): Promise<void> {
    value(await this.#migrations.approve(this.id, { by: 'ann', because }));
    await this.tell();
  }

  async events(): Promise<readonly Event[]> {
    return (await this.world.journal(this.id)).map(({ event }) => event);
  }
}

/** One day: a restart early in the morning and a look at the status when people come to work. */
async function day(about: Week, date: string, zoneOffset: string): Promise<void> {
  await about.until(`${date}T06:00${zoneOffset}`);
  about.restart();
  await about.until(`${date}T08:00${zoneOffset}`);
  about.status();
}

test('a week ends as its calendar says, through a freeze, a suspended machine, a clock change and daily restarts', async () => {
  const about = new Week();
  await about.begin('2026-10-22T07:00+02:00');
  await about.until('2026-10-22T08:00+02:00');
  about.status();
  await day(about, '2026-10-23', '+02:00');
  await about.until('2026-10-23T22:00+02:00');
  about.note('the machine is suspended');
  about.world.pass(5 * hourMs);
  about.restart('boot-2');
  await day(about, '2026-10-24', '+02:00');
  await day(about, '2026-10-25', '+01:00');
  await day(about, '2026-10-26', '+01:00');
  await day(about, '2026-10-27', '+01:00');
  await about.until('2026-10-27T08:30+01:00');
  about.status();
  await about.approve('error budget is fine');
  await day(about, '2026-10-28', '+01:00');
  await day(about, '2026-10-29', '+01:00');
  await about.until('2026-10-29T14:00+01:00');
  await about.tell();
  about.status();

  const shares = (await about.events()).flatMap((event) =>
    event.type === 'intent-opened'
      ? [`${event.intent.kind} ${event.intent.share} ${formatLocal(zone, event.at)}`]
      : [],
  );
  expect(shares).toEqual([
    'take-over 0 Thu 2026-10-22 09:00 Europe/Berlin',
    expect.stringMatching(/^stage 5 Thu 2026-10-22 1/),
    'stage 10 Fri 2026-10-23 09:00 Europe/Berlin',
    // Ready at 02:00 by a clock that shows that hour for the second time; open is only the first.
    'stage 25 Sun 2026-10-25 03:00 Europe/Berlin',
    'stage 50 Tue 2026-10-27 09:00 Europe/Berlin',
    expect.stringMatching(/^stage 100 Wed 2026-10-28 10:/),
    expect.stringMatching(/^finalize 100 Thu 2026-10-29 11:/),
  ]);
  expect(about.state?.phase.phase).toBe('completed');

  const transcript = `${about.lines.map(([at, text]) => `${localTime(at)}  ${text}`).join('\n')}\n`;
  if (process.env['UPDATE'] === '1') writeFileSync(golden, transcript);
  expect(transcript).toBe(readFileSync(golden, 'utf8'));
}, 300_000);
