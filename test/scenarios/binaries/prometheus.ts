import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../src/lab/lab.js';
import { pathOf } from './installed.js';

const port = 9090;
const startsWithinMs = 20_000;

/** One series of an instant query: its labels and its value. */
export interface QueriedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Prometheus, scraping a lab's page five times a second. */
export class Prometheus implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #url: string;

  private constructor(child: ChildProcess, directory: string, url: string) {
    this.#child = child;
    this.#directory = directory;
    this.#url = url;
  }

  /** Resolves once it has scraped the page. */
  static async start(lab: Lab): Promise<Prometheus> {
    const directory = await mkdtemp(join(tmpdir(), 'shift-prometheus-'));
    const file = join(directory, 'prometheus.yml');
    await writeFile(file, configuration(lab));
    // The lab holds its subnet, so nobody else listens there.
    const listens = `${lab.settings.addresses.cloudWatchApi}:${port}`;
    const flags = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${listens}`,
    ];
    const child = spawn(pathOf('prometheus'), flags, { stdio: ['ignore', 'ignore', 'pipe'] });
    const prometheus = new Prometheus(child, directory, `http://${listens}`);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const giveUpAt = Date.now() + startsWithinMs;
    while (!(await prometheus.#hasScraped())) {
      if (child.exitCode !== null || Date.now() > giveUpAt) {
        await prometheus[Symbol.asyncDispose]();
        throw new Error(`prometheus did not start:\n${said}`);
      }
      await sleep(50);
    }
    return prometheus;
  }

  /** What an instant query finds now, through the HTTP API. */
  async query(expression: string): Promise<readonly QueriedSeries[]> {
    const body = new URLSearchParams({ query: expression });
    const answer = await fetch(`${this.#url}/api/v1/query`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`prometheus answered ${answer.status}: ${await answer.text()}`);
    const { data } = (await answer.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await ended;
    }
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #hasScraped(): Promise<boolean> {
    const up = await this.query('up').catch(() => []);
    return up[0]?.value === 1;
  }
}

function configuration(lab: Lab): string {
  const { host, pathname } = new URL(lab.metrics.pageUrl);
  return `global:
  scrape_interval: 200ms
  scrape_timeout: 200ms
scrape_configs:
  - job_name: lab
    metrics_path: ${pathname}
    static_configs:
      - targets: ['${host}']
`;
}
