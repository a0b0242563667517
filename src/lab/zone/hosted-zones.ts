import { ChangeLedger } from './change-ledger.js';
import type { ChangeInfo } from './change-ledger.js';
import { HostedZone } from './hosted-zone.js';
import type { HostedZoneDetails, NewHostedZone } from './hosted-zone.js';
import { judgeBatch } from './judge-batch.js';
import { normaliseName, parentName } from './name.js';
import type { Protection } from './protections.js';
import { schemaFault } from './record-schema.js';
import type { SubmittedChange } from './record-schema.js';
import type { LabChange, LabRecord, ServedZone, ZoneSource } from './record.js';
import { noSuchHostedZone, refusal } from './refusal.js';
import type { Refusal } from './refusal.js';

export interface HostedZonesOptions {
  readonly serverCount: number;
  /** How long a change travels to a name server. Infinity: it never arrives. */
  readonly insyncDelayMs: number | ((serverIndex: number) => number);
  /** Epoch milliseconds; never goes back. */
  readonly now: () => number;
  /** Numbers in [0, 1), for ids. */
  readonly random: () => number;
}

export interface ChangeAccepted {
  readonly kind: 'accepted';
  readonly change: ChangeInfo;
  /** The changes as they were applied, their names normalised. */
  readonly changes: readonly LabChange[];
}

export interface ZoneCreated {
  readonly kind: 'created';
  readonly zone: HostedZoneDetails;
  readonly change: ChangeInfo;
}

const maxZones = 500;
const idCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * The hosted zones of one account, with the rules of ChangeResourceRecordSets, and what each name server has of them.
 *
 * Pure but for the clock and the random numbers it is given; it has no timers, so virtual time drives it as well as real time.
 */
export class HostedZones implements ZoneSource {
  readonly serverCount: number;
  readonly #delayMs: (serverIndex: number) => number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #zones = new Map<string, HostedZone>();
  readonly #publicByApex = new Map<string, readonly HostedZone[]>();
  readonly #ledger = new ChangeLedger();
  readonly #healthChecks = new Set<string>();
  #held = false;
  #idsGiven = 0;

  constructor({ serverCount, insyncDelayMs, now, random }: HostedZonesOptions) {
    this.serverCount = serverCount;
    this.#delayMs = typeof insyncDelayMs === 'number' ? () => insyncDelayMs : insyncDelayMs;
    this.#now = now;
    this.#random = random;
  }

  /** Several zones may have one name; the first public one is the one that is delegated to, so only it is served. */
  createZone(request: NewHostedZone): ZoneCreated | Refusal {
    const name = normaliseName(request.name);
    if (name.kind === 'fault') return refusal('InvalidDomainName', 400, name.fault);
    if ([...this.#zones.values()].some((zone) => zone.callerReference === request.callerReference)) {
      const text = 'A hosted zone has already been created with the specified caller reference.';
      return refusal('HostedZoneAlreadyExists', 409, text);
    }
    if (this.#zones.size >= maxZones)
      return refusal('TooManyHostedZones', 400, `Limits exceeded: ${maxZones} hosted zones.`);
    const id = request.id ?? this.#newId('Z');
    if (this.#zones.has(id))
      throw new Error(`The lab already has a hosted zone with the id ${id}: choose another one.`);
    const zone = new HostedZone(id, name.name, request, this.serverCount);
    this.#zones.set(id, zone);
    if (!zone.privateZone)
      this.#publicByApex.set(zone.apex, [...(this.#publicByApex.get(zone.apex) ?? []), zone]);
    return { kind: 'created', zone: zone.details(), change: this.#submit(zone, undefined) };
  }

  zone(zoneId: string): HostedZoneDetails | undefined {
    return this.#zones.get(zoneId)?.details();
  }

  /** In the order they were created. */
  zones(): readonly HostedZoneDetails[] {
    return [...this.#zones.values()].map((zone) => zone.details());
  }

  /** The zone is gone from every name server at once, unlike a change of its records. */
  deleteZone(zoneId: string): ChangeAccepted | Refusal {
    const zone = this.#zones.get(zoneId);
    if (zone === undefined) return noSuchHostedZone(zoneId);
    // That protections are reported with this code is unconfirmed.
    if (!zone.isEmpty() || zone.protections.list().length > 0) {
      const text =
        'The specified hosted zone contains non-required resource record sets and so cannot be deleted.';
      return refusal('HostedZoneNotEmpty', 400, text);
    }
    this.#zones.delete(zoneId);
    const sameName = this.#publicByApex.get(zone.apex) ?? [];
    this.#publicByApex.set(
      zone.apex,
      sameName.filter((other) => other !== zone),
    );
    return { kind: 'accepted', change: this.#submit(zone, undefined), changes: [] };
  }

  /** Every record set in its newest state, PENDING ones included, in list order; undefined for an unknown zone. */
  records(zoneId: string): readonly LabRecord[] | undefined {
    return this.#zones.get(zoneId)?.list();
  }

  /** ChangeResourceRecordSets: everything or nothing. */
  change(zoneId: string, changes: readonly SubmittedChange[], comment?: string): ChangeAccepted | Refusal {
    const fault = schemaFault(changes, comment);
    if (fault !== undefined) return fault;
    const zone = this.#zones.get(zoneId);
    if (zone === undefined) return noSuchHostedZone(zoneId);
    const { current, protections } = zone;
    const hasHealthCheck = (id: string): boolean => this.#healthChecks.has(id);
    const verdict = judgeBatch({ zoneId, current, protections, hasHealthCheck }, changes);
    if (verdict.kind === 'refused') return verdict;
    zone.current = verdict.after;
    return { kind: 'accepted', change: this.#submit(zone, comment), changes: verdict.changes };
  }

  /** GetChange: PENDING until every name server has the change; undefined for an unknown id. */
  changeStatus(changeId: string): ChangeInfo | undefined {
    return this.#ledger.status(changeId, this.#now());
  }

  zoneFor(serverIndex: number, name: string): ServedZone | undefined {
    const nowMs = this.#now();
    for (let apex: string | undefined = name; apex !== undefined; apex = parentName(apex)) {
      const view = this.#publicByApex.get(apex)?.[0]?.propagation.view(serverIndex, nowMs);
      if (view !== undefined) return view;
    }
    return undefined;
  }

  /** UpdateHostedZoneFeatures, and any other status of accelerated recovery a test needs. */
  setAcceleratedRecovery(zoneId: string, status: string): Refusal | undefined {
    const zone = this.#zones.get(zoneId);
    if (zone === undefined) return noSuchHostedZone(zoneId);
    zone.acceleratedRecoveryStatus = status;
    return undefined;
  }

  /** `ServeSignature` of GetDNSSEC, for instance `SIGNING`. */
  signing(zoneId: string): string | Refusal {
    return this.#zones.get(zoneId)?.serveSignature ?? noSuchHostedZone(zoneId);
  }

  setSigning(zoneId: string, status: string): void {
    const zone = this.#zones.get(zoneId);
    if (zone !== undefined) zone.serveSignature = status;
  }

  tags(zoneId: string): ReadonlyMap<string, string> | Refusal {
    return this.#zones.get(zoneId)?.tags ?? noSuchHostedZone(zoneId);
  }

  setTags(zoneId: string, tags: Readonly<Record<string, string>>): void {
    const zone = this.#zones.get(zoneId);
    if (zone !== undefined) zone.tags = new Map(Object.entries(tags));
  }

  protections(zoneId: string): readonly Protection[] | Refusal {
    return this.#zones.get(zoneId)?.protections.list() ?? noSuchHostedZone(zoneId);
  }

  createProtections(zoneId: string, entries: readonly Protection[]): Refusal | undefined {
    const zone = this.#zones.get(zoneId);
    return zone === undefined ? noSuchHostedZone(zoneId) : zone.protections.create(zone.apex, entries);
  }

  deleteProtections(zoneId: string, entries: readonly Protection[]): Refusal | undefined {
    const zone = this.#zones.get(zoneId);
    return zone === undefined ? noSuchHostedZone(zoneId) : zone.protections.delete(zone.apex, entries);
  }

  /** Makes a health check id known, so that records may carry it. */
  registerHealthCheck(id: string): void {
    this.#healthChecks.add(id);
  }

  /** Route 53 does not refuse to delete a health check that records still carry (API reference, DeleteHealthCheck). */
  forgetHealthCheck(id: string): void {
    this.#healthChecks.delete(id);
  }

  /** From now on accepted batches stay PENDING and reach no name server, until `releasePropagation`. */
  holdPropagation(): void {
    this.#held = true;
  }

  releasePropagation(): void {
    this.#held = false;
    for (const zone of this.#zones.values()) zone.propagation.release(this.#now());
  }

  /** Everything reaches every name server at this instant; for setting a scene, not for the product. */
  propagateNow(): void {
    for (const zone of this.#zones.values()) zone.propagation.arriveNow(this.#now());
  }

  #submit(zone: HostedZone, comment: string | undefined): ChangeInfo {
    const nowMs = this.#now();
    const batch = zone.propagation.submit(zone.current, nowMs, this.#delayMs, this.#held);
    const id = this.#newId('C');
    const status = batch.hasReachedAll(nowMs) ? 'INSYNC' : 'PENDING';
    const noted = comment === undefined ? {} : { comment };
    this.#ledger.enter(id, { submittedAtMs: nowMs, batch, ...noted });
    return { id, status, submittedAtMs: nowMs, ...noted };
  }

  /** The running number keeps ids apart whatever random numbers the lab is given. */
  #newId(prefix: 'Z' | 'C'): string {
    const draw = (): string => idCharacters.charAt(Math.floor(this.#random() * idCharacters.length));
    this.#idsGiven += 1;
    return `${prefix}${Array.from({ length: 12 }, draw).join('')}${this.#idsGiven.toString(36).toUpperCase().padStart(6, '0')}`;
  }
}
