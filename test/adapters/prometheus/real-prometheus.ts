import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Why the binary cannot be used, or undefined. */
export function whyNoPrometheus(): string | undefined {
  const { error, status } = spawnSync('prometheus', ['--version'], { stdio: 'ignore' });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : `prometheus --version ended with ${status}`;
}

/** A Prometheus on loopback that scrapes one exporter; stopped and gone with its scope. */
export async function startPrometheus(
  exporter: string,
  scrapeIntervalMs: number,
  webConfig?: string,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'shift-real-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  const port = await freePort();
  await writeFile(
    config,
    `global: {scrape_interval: ${scrapeIntervalMs}ms, scrape_timeout: ${scrapeIntervalMs}ms}
scrape_configs:
  - {job_name: test, honor_labels: true, static_configs: [{targets: ['${new URL(exporter).host}']}]}
`,
  );
  const web: string[] = [];
  if (webConfig !== undefined) {
    await writeFile(join(folder, 'web.yml'), webConfig);
    web.push(`--web.config.file=${join(folder, 'web.yml')}`);
  }
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...web,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log = `${log}${chunk.toString()}`.slice(-4_000)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  };
  for (let tries = 0; !log.includes('Server is ready to receive web requests'); tries += 1) {
    if (tries > 300 || child.exitCode !== null) {
      await stop();
      throw new Error(`prometheus did not start: ${log}`);
    }
    await wait(50);
  }
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}

/** Serves what `text` gives at the time of each scrape. */
export async function startExporter(
  text: (now: number) => string,
): Promise<{ readonly url: string; readonly scrapes: readonly number[] } & AsyncDisposable> {
  const scrapes: number[] = [];
  const server: Server = createServer((_, response) => {
    const now = Date.now();
    scrapes.push(now);
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text(now));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    scrapes,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
