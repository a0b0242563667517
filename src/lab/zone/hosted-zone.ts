import { compareRecords } from './list-order.js';
import { Propagation } from './propagation.js';
import { Protections } from './protections.js';
import type { LabRecord } from './record.js';
import { ZoneDraft } from './zone-snapshot.js';
import type { ZoneSnapshot } from './zone-snapshot.js';

/** What a hosted zone is created from. */
export interface NewHostedZone {
  readonly name: string;
  readonly callerReference: string;
  readonly comment?: string;
  readonly privateZone?: boolean;
  /** Without the `/hostedzone/` prefix; drawn at random when absent. */
  readonly id?: string;
  /** Host names of the zone's name servers; invented when absent. */
  readonly nameServers?: readonly string[];
}

/** What can be said about a hosted zone beside its records. */
export interface HostedZoneDetails {
  readonly id: string;
  /** Normalised apex. */
  readonly name: string;
  readonly callerReference: string;
  readonly comment?: string;
  readonly privateZone: boolean;
  /** Without the final dot, as a delegation set lists them. */
  readonly nameServers: readonly string[];
  readonly recordCount: number;
  /** `Features.AcceleratedRecoveryStatus`; absent until somebody has set it. */
  readonly acceleratedRecoveryStatus?: string;
}

/** The state of one hosted zone: its newest contents, and what is still on its way to the name servers. */
export class HostedZone {
  readonly id: string;
  readonly apex: string;
  readonly privateZone: boolean;
  readonly callerReference: string;
  readonly protections: Protections = new Protections();
  readonly propagation: Propagation;
  /** The newest contents, PENDING batches included; listing is read-after-write. */
  current: ZoneSnapshot;
  acceleratedRecoveryStatus: string | undefined;
  /** `ServeSignature` of GetDNSSEC; the lab signs nothing whatever it says. */
  serveSignature = 'NOT_SIGNING';
  tags: ReadonlyMap<string, string> = new Map();
  readonly #nameServers: readonly string[];
  readonly #comment: string | undefined;

  constructor(id: string, apex: string, request: NewHostedZone, serverCount: number) {
    this.id = id;
    this.apex = apex;
    this.privateZone = request.privateZone ?? false;
    this.callerReference = request.callerReference;
    this.#comment = request.comment;
    this.#nameServers = (request.nameServers ?? inventNameServers(serverCount)).map(withoutFinalDot);
    this.propagation = new Propagation(serverCount);
    this.current = initialContents(apex, this.#nameServers);
  }

  details(): HostedZoneDetails {
    return {
      id: this.id,
      name: this.apex,
      callerReference: this.callerReference,
      ...(this.#comment === undefined ? {} : { comment: this.#comment }),
      privateZone: this.privateZone,
      nameServers: this.#nameServers,
      recordCount: [...this.current.records()].length,
      ...(this.acceleratedRecoveryStatus === undefined
        ? {}
        : { acceleratedRecoveryStatus: this.acceleratedRecoveryStatus }),
    };
  }

  /** In the order of ListResourceRecordSets. */
  list(): readonly LabRecord[] {
    return [...this.current.records()].sort(compareRecords);
  }

  /** True when only the NS and SOA that came with the zone are left. */
  isEmpty(): boolean {
    return this.list().every(({ name, type }) => name === this.apex && (type === 'NS' || type === 'SOA'));
  }
}

/** A new zone has NS and SOA (Developer Guide, "NS and SOA records that Route 53 creates for a public hosted zone"). */
function initialContents(apex: string, nameServers: readonly string[]): ZoneSnapshot {
  const draft = new ZoneDraft(apex, new Map());
  draft.put({ name: apex, type: 'NS', ttl: 172_800, values: nameServers.map((host) => `${host}.`) });
  const soa = `${nameServers[0] ?? ''}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`;
  draft.put({ name: apex, type: 'SOA', ttl: 900, values: [soa] });
  return draft.snapshot();
}

function inventNameServers(count: number): readonly string[] {
  const ends = ['com', 'net', 'org', 'co.uk'];
  return Array.from(
    { length: count },
    (_, index) => `ns-${index + 1}.awsdns-0${index + 1}.${ends[index % 4] ?? 'com'}`,
  );
}

function withoutFinalDot(host: string): string {
  return host.replace(/\.$/, '');
}
