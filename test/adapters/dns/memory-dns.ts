import { isIP } from 'node:net';
import type { Answer } from 'dns-packet';
import type { ProviderFailure, ProviderFailureReason } from '../../../src/core/failure.js';
import type { NameServerReading } from '../../../src/core/name-server.js';
import { displayName, markerName, recordName, type RecordName } from '../../../src/core/record-name.js';
import { withFinalDot } from '../../../src/core/record-set.js';
import { err, ok, type Result } from '../../../src/core/result.js';
import type { Dns } from '../../../src/engine/ports.js';
import { answerQuestion } from '../../../src/lab/dns/answer.js';
import { resolveQuestion } from '../../../src/lab/dns/recursion.js';
import type { HealthView } from '../../../src/lab/dns/draw.js';
import type { Reply } from '../../../src/lab/dns/reply.js';
import type { ZoneSource } from '../../../src/lab/zone/record.js';

export interface MemoryDnsOptions {
  readonly zones: ZoneSource;
  /** The host name of each name server, in the order of the zones' servers. Any other name has no server behind it. */
  readonly nameServers: readonly string[];
  /** Decides the weighted draws. */
  readonly random: () => number;
  /** As for the lab's name servers. */
  readonly isHealthy?: HealthView;
}

/** A `Dns` straight over the lab's zones: the same answers as over the wire, but no sockets and no waiting. */
export class MemoryDns implements Dns {
  readonly #options: MemoryDnsOptions;

  constructor(options: MemoryDnsOptions) {
    this.#options = options;
  }

  sample(
    question: { nameServers: readonly string[]; host: RecordName; count: number },
    signal: AbortSignal,
  ): Promise<readonly NameServerReading[]> {
    const { nameServers, host, count } = question;
    return Promise.resolve(nameServers.map((server) => this.#read(server, host, count, signal)));
  }

  addresses(name: string, signal: AbortSignal): Promise<Result<readonly string[], ProviderFailure>> {
    return Promise.resolve(this.#addresses(name, signal));
  }

  #read(server: string, host: RecordName, count: number, signal: AbortSignal): NameServerReading {
    const index = this.#options.nameServers.indexOf(server);
    if (index < 0 || signal.aborted) {
      return { server, host, answers: {}, other: 0, failed: count, marker: null };
    }
    const answers: Record<string, number> = {};
    let [other, failed] = [0, 0];
    for (let asked = 0; asked < count; asked += 1) {
      const reply = this.#ask(index, host, 'CNAME');
      const [target] = dataOf(reply, 'CNAME').map(withFinalDot);
      if (reply.rcode === 'REFUSED') failed += 1;
      else if (target === undefined) other += 1;
      else answers[target] = (answers[target] ?? 0) + 1;
    }
    return { server, host, answers, other, failed, marker: this.#marker(index, host) };
  }

  #marker(index: number, host: RecordName): string | null {
    const reply = this.#ask(index, markerName(host), 'TXT');
    if (reply.rcode === 'REFUSED') return null;
    const values = dataOf(reply, 'TXT');
    return values.length === 0 ? 'none' : values.sort().join('\n');
  }

  #ask(index: number, name: RecordName, type: string): Reply {
    const { zones, random, isHealthy } = this.#options;
    const lookup = (asked: string) => zones.zoneFor(index, asked);
    return answerQuestion(lookup, { name: displayName(name), type }, random, isHealthy);
  }

  #addresses(name: string, signal: AbortSignal): Result<readonly string[], ProviderFailure> {
    if (isIP(name) !== 0) return ok([name]);
    if (!recordName(name).ok) return failed('invalid', name);
    if (signal.aborted) return failed('timeout', name);
    const { zones, random, isHealthy } = this.#options;
    const replies = ['A', 'AAAA'].map((type) =>
      resolveQuestion(
        (asked) => zones.zoneFor(0, asked),
        { name: displayName(name), type },
        random,
        isHealthy,
      ),
    );
    const found = replies.flatMap((reply) => [...dataOf(reply, 'A'), ...dataOf(reply, 'AAAA')]);
    if (found.length > 0) return ok(found);
    return failed(replies.some((reply) => reply.rcode === 'SERVFAIL') ? 'unavailable' : 'not-found', name);
  }
}

/** The data of the answers of one type as text; the strings of a TXT value joined. */
function dataOf(reply: Reply, type: Answer['type']): string[] {
  return reply.answers.flatMap((answer) => {
    if (answer.type !== type || answer.type === 'OPT') return [];
    const parts: readonly unknown[] = Array.isArray(answer.data) ? answer.data : [answer.data];
    return [parts.map(String).join('')];
  });
}

function failed(reason: ProviderFailureReason, name: string): Result<never, ProviderFailure> {
  const message = `the address of ${displayName(name)} was not found`;
  return err({ reason, provider: 'dns', operation: 'address lookup', message, details: [] });
}
