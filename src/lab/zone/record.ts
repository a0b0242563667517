/**
 * A resource record set as the lab's Route 53 keeps it.
 *
 * Names are stored normalised: lower case, with the final dot, unescaped except that every character outside
 * a-z 0-9 - _ . is written as a three-digit octal escape, exactly as `ListResourceRecordSets` returns it.
 */
export interface LabRecord {
  readonly name: string;
  readonly type: string;
  readonly setIdentifier?: string;
  readonly weight?: number;
  /** Routing policies other than weighted are kept, listed and refused beside weighted members, never answered by DNS. */
  readonly otherRouting?: { readonly field: string; readonly value: unknown };
  /** Seconds; absent on an alias. */
  readonly ttl?: number;
  /** RDATA in the text form of the API; absent on an alias. TXT values keep their quotes. */
  readonly values?: readonly string[];
  readonly alias?: LabAlias;
  readonly healthCheckId?: string;
  /** Set on a record that a traffic policy instance made; it stands in place of the values. */
  readonly trafficPolicyInstanceId?: string;
}

export interface LabAlias {
  readonly hostedZoneId: string;
  readonly dnsName: string;
  readonly evaluateTargetHealth: boolean;
}

/** One element of a `ChangeBatch`, its record normalised. */
export interface LabChange {
  readonly action: 'CREATE' | 'DELETE' | 'UPSERT';
  readonly record: LabRecord;
}

/** What one authoritative name server answers from: the zone as far as changes have reached that server. */
export interface ServedZone {
  /** Normalised apex, for instance `example.com.`. */
  readonly apex: string;
  /** Every record set of the zone in this server's view, in no particular order. */
  records(): Iterable<LabRecord>;
  /** All record sets with exactly this normalised name; empty when there is none. */
  at(name: string): readonly LabRecord[];
  /** True when a record exists at this name or below it (an empty non-terminal is NODATA, not NXDOMAIN). */
  exists(name: string): boolean;
}

/** The hosted zones as one name server sees them; `serverIndex` counts from 0. */
export interface ZoneSource {
  readonly serverCount: number;
  /** The zone with the longest apex that contains this normalised name, or undefined (REFUSED). */
  zoneFor(serverIndex: number, name: string): ServedZone | undefined;
}
