/** What stands on the status page while something is wrong. */
export interface PlatformIncident {
  readonly title: string;
  /** The systems that are not green meanwhile. */
  readonly systems: Readonly<Partial<Record<PlatformSystem, 'yellow' | 'red'>>>;
}

export type PlatformSystem = 'Apps' | 'Data' | 'Tools';

const systems: readonly PlatformSystem[] = ['Apps', 'Data', 'Tools'];

interface OpenIncident extends PlatformIncident {
  readonly id: number;
  readonly openedAt: Date;
}

/** What Heroku as a whole tells everybody of itself, without credentials (Heroku Status API, version 4). */
export class StatusPage {
  #open: readonly OpenIncident[] = [];
  #opened = 0;

  /** Shows an incident until `resolveAll`. */
  open(incident: PlatformIncident, openedAt: Date = new Date()): void {
    this.#opened += 1;
    this.#open = [...this.#open, { ...incident, id: 2_500 + this.#opened, openedAt }];
  }

  /** Everything is green again. */
  resolveAll(): void {
    this.#open = [];
  }

  /** The body of `GET /api/v4/current-status`. */
  current(): object {
    return {
      status: systems.map((system) => ({ system, status: this.#statusOf(system) })),
      incidents: this.#open.map(({ id, title, openedAt }) => ({
        id,
        title,
        created_at: openedAt.toISOString(),
        updated_at: openedAt.toISOString(),
        full_url: `https://status.heroku.com/incidents/${id}`,
        state: 'open',
        resolved: false,
        updates: [],
      })),
      scheduled: [],
    };
  }

  #statusOf(system: PlatformSystem): string {
    const colours = this.#open.map((incident) => incident.systems[system]);
    return colours.includes('red') ? 'red' : colours.includes('yellow') ? 'yellow' : 'green';
  }
}
