import type { ChangeBatch } from '../../src/core/change-batch.js';
import type { ProviderFailure } from '../../src/core/failure.js';
import type { RecordName } from '../../src/core/record-name.js';
import type { RecordSet } from '../../src/core/record-set.js';
import { err, ok, type Result } from '../../src/core/result.js';
import type { HostedZone, ZoneApi } from '../../src/engine/ports.js';
import { MemoryZoneApi } from '../adapters/route53/memory-zone-api.js';
import { providerFailure, type World } from '../engine/world.js';
import type { Chance } from './chance.js';
import type { ZoneLog } from './zone-log.js';

/** How often a call meets each fault, from 0 to 1. */
export interface Weather {
  change: number;
  read: number;
  crash: number;
  /** An INSYNC that is later than the name servers that are asked. */
  lag: number;
  /** Something happens in the middle of a call: an edit, another controller's tick. */
  meanwhile: number;
}

/** A request that is still under way after its sender gave up on it. */
export interface LateRequest {
  readonly dueAt: number;
  readonly land: () => void;
}

export type Moment = (
  call: 'append' | 'change' | 'records' | 'break-glass',
  when: 'before' | 'after',
) => Promise<void>;

interface Surroundings {
  readonly world: World;
  readonly log: ZoneLog;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly late: LateRequest[];
  /** Names that nobody can write at present, and why. */
  readonly denied: ReadonlyMap<string, ProviderFailure['reason']>;
  readonly moment: Moment;
}

const refusals = ['throttled', 'busy', 'unavailable', 'timeout'] as const;

/** Longer than this no request is under way. */
const longestWayMs = 15_000;

type Change = Result<{ readonly changeId: string }, ProviderFailure>;

/** Route 53 as one controller meets it on a bad day: the lab's zone model behind a network that loses things. */
export class HostileZoneApi implements ZoneApi {
  readonly #api: MemoryZoneApi;
  readonly #author: string;
  readonly #around: Surroundings;
  /** The changes of which this one has heard that they lag. */
  readonly #heard: Set<string> = new Set();

  constructor(author: string, around: Surroundings) {
    this.#author = author;
    this.#around = around;
    this.#api = new MemoryZoneApi(around.world.zones);
  }

  zonesFor(host: RecordName, signal: AbortSignal): Promise<Result<readonly HostedZone[], ProviderFailure>> {
    return this.#api.zonesFor(host, signal);
  }

  changeStatus(
    changeId: string,
    signal: AbortSignal,
  ): Promise<Result<'PENDING' | 'INSYNC', ProviderFailure>> {
    const { chance, weather, log } = this.#around;
    if (chance.happens(weather.read, 'a change status that fails'))
      return Promise.resolve(err(providerFailure('throttled')));
    let until = log.lags.get(changeId);
    if (until === undefined) {
      until = chance.happens(weather.lag, 'an INSYNC that lags')
        ? log.now() + chance.between(3, 9) * 1_000
        : 0;
      log.lags.set(changeId, until);
    }
    if (until > log.now() && !this.#heard.has(changeId)) {
      this.#heard.add(changeId);
      log.add(this.#author, { kind: 'lags', changeId, until });
    }
    return log.now() < until ? Promise.resolve(ok('PENDING')) : this.#api.changeStatus(changeId, signal);
  }

  async records(
    zoneId: string,
    names: readonly RecordName[],
    signal: AbortSignal,
  ): Promise<Result<readonly RecordSet[], ProviderFailure>> {
    const { chance, weather, moment } = this.#around;
    await moment('records', 'before');
    if (!chance.happens(weather.read)) return this.#api.records(zoneId, names, signal);
    const reason = chance.pick(['throttled', 'timeout', 'page'] as const);
    chance.count(reason === 'page' ? 'a listing that breaks off' : `a listing that is ${reason}`);
    return err(providerFailure(reason === 'page' ? 'unavailable' : reason));
  }

  async change(zoneId: string, batch: ChangeBatch, timeoutMs: number, signal: AbortSignal): Promise<Change> {
    const { world, log, chance, weather, late, denied, moment } = this.#around;
    const calledAt = log.now();
    await moment('change', 'before');
    const send = (under: AbortSignal, isLate = false): Promise<Change> =>
      log.as(this.#author, () => this.#api.change(zoneId, batch, timeoutMs, under), { calledAt, isLate });
    const [reason] = batch.changes.flatMap(({ record }) => denied.get(record.name) ?? []);
    if (reason !== undefined) return err(providerFailure(reason));
    if (chance.happens(weather.change / 2)) {
      const reason = chance.pick(refusals);
      chance.count(`a write that is ${reason}`);
      return err(providerFailure(reason));
    }
    if (chance.happens(weather.change / 2, 'a write that is still under way')) {
      const dueAt = world.monotonic + chance.between(0, longestWayMs);
      late.push({ dueAt, land: () => void send(new AbortController().signal, true) });
      return err(providerFailure('timeout'));
    }
    const result = await send(signal);
    await moment('change', 'after');
    if (!chance.happens(weather.change)) return result;
    chance.count(result.ok ? 'a reply that is lost' : 'a refusal that is lost');
    return err(providerFailure('timeout'));
  }
}
