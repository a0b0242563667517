import { errors, type Pool } from 'undici';
import type { Random } from '../random.js';
import { connectionsPerClient, type OpenConnections } from './connections.js';
import type { Failure, Outcome } from './tally.js';

export interface ClientOptions {
  /** The live hostname. */
  readonly host: string;
  /** The IPv4 addresses of the host as the client's resolver knows them; empty when there are none. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly open: OpenConnections;
  readonly requestTimeoutMs: number;
  readonly random: Random;
  readonly now: () => number;
  readonly report: (outcome: Outcome) => void;
}

/** One user: a browser that keeps its connection until DNS gives it another address. */
export class Client {
  readonly #options: ClientOptions;
  #underWay = 0;
  #address: string | undefined;
  #pool: Pool | undefined;
  /** The pool in use and those that are still being closed. */
  readonly #open = new Set<Pool>();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** False while so many requests are under way that another one would have to wait. */
  get ready(): boolean {
    return this.#underWay < connectionsPerClient;
  }

  /** Sends one `GET /` and reports how it ended. Never rejects. */
  async visit(): Promise<void> {
    const { now, report } = this.#options;
    const startedAtMs = now();
    this.#underWay += 1;
    let address: string | undefined;
    let result: Outcome['result'] = 'dns';
    try {
      address = await this.#chooseAddress();
      if (address !== undefined) result = await this.#request(this.#connectedTo(address));
    } catch (error) {
      result = failureOf(error, address);
    }
    this.#underWay -= 1;
    report({ address, result, latencyMs: now() - startedAtMs });
  }

  /** Drops the connections; what is under way fails. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((pool) => pool.destroy()));
  }

  /** The address in use as long as the answer holds it, otherwise any of the answer. */
  async #chooseAddress(): Promise<string | undefined> {
    const { host, resolve, random } = this.#options;
    const addresses = await resolve(host);
    if (this.#address !== undefined && addresses.includes(this.#address)) return this.#address;
    return addresses[Math.floor(random() * addresses.length)];
  }

  #connectedTo(address: string): Pool {
    if (this.#pool !== undefined && this.#address === address) return this.#pool;
    if (this.#pool !== undefined) void this.#retire(this.#pool);
    this.#address = address;
    this.#pool = this.#options.open(address);
    this.#open.add(this.#pool);
    return this.#pool;
  }

  /** Requests under way on the old connections may finish: closing waits for them, and they have a deadline. */
  async #retire(pool: Pool): Promise<void> {
    await pool.close().catch(() => undefined);
    this.#open.delete(pool);
  }

  async #request(pool: Pool): Promise<Outcome['result']> {
    const { host, requestTimeoutMs } = this.#options;
    const signal = AbortSignal.timeout(requestTimeoutMs);
    const response = await pool.request({ method: 'GET', path: '/', headers: { host }, signal });
    await response.body.dump({ limit: 65_536, signal });
    return response.statusCode < 400 ? 'ok' : `${response.statusCode}`;
  }
}

function failureOf(error: unknown, address: string | undefined): Failure {
  if (address === undefined) return 'dns';
  const late = error instanceof errors.ConnectTimeoutError || (error as Error).name === 'TimeoutError';
  return late ? 'timeout' : 'connection';
}
