import type { Answer } from 'dns-packet';
import type { LabAlias, LabRecord, ServedZone } from '../zone/record.js';
import type { Random } from '../random.js';
import { drawMember, everythingHealthy, type HealthView } from './draw.js';
import { parentName } from '../zone/name.js';
import { wireForm, zoneForm, zoneFormOf } from './name.js';
import { packetRecord } from './record-data.js';
import { emptyReply, type Question, type Reply } from './reply.js';
import { delegationOf, recordSetsFor, type ZoneLookup } from './zone-lookup.js';

/** Longest chain of CNAMEs or aliases followed in one answer. */
const maxChain = 8;

/** An alias to a load balancer is answered with this TTL (Route 53 Developer Guide, "Choosing between alias and non-alias records"). */
const elbAliasTtlSeconds = 60;

/**
 * The authoritative answer to one question.
 *
 * A CNAME is followed inside its own hosted zone and no further, as Route 53 does: the rest of the chain is the
 * resolver's work. An alias is followed into any zone the server knows and answered under the alias's own name.
 * @throws Error when a record of the zone has no packet form; the server answers SERVFAIL.
 */
export function answerQuestion(
  lookup: ZoneLookup,
  question: Question,
  random: Random,
  isHealthy: HealthView = everythingHealthy,
): Reply {
  const zone = lookup(zoneForm(question.name));
  if (zone === undefined) return emptyReply('REFUSED');
  if (question.type === 'DS') return signatureAnswer(lookup, zone, question, random);
  const chain: Answer[] = [];
  const seen = new Set<string>();
  let owner = question.name;
  for (;;) {
    const name = zoneForm(owner);
    seen.add(name);
    const delegation = delegationOf(zone, name);
    if (delegation !== undefined) return referral(zone, delegation, chain);
    const sets = recordSetsFor(zone, name);
    if (sets === undefined) return negative(zone, 'NXDOMAIN', chain);
    const draw: Draw = { lookup, zone, random, isHealthy, depth: 0 };
    const direct = recordsOfType(draw, sets, question.type, owner);
    if (direct.length > 0) return positive([...chain, ...direct]);
    const [cname] = recordsOfType(draw, sets, 'CNAME', owner);
    if (cname?.type !== 'CNAME') return negative(zone, 'NOERROR', chain);
    chain.push(cname);
    const target = zoneForm(cname.data);
    if (seen.has(target) || chain.length === maxChain || lookup(target)?.apex !== zone.apex)
      return positive(chain);
    owner = cname.data;
  }
}

/** A DS belongs to the parent, whose word counts even on a server that has the child too (RFC 4035, section 3.1.4.1). */
function signatureAnswer(lookup: ZoneLookup, zone: ServedZone, question: Question, random: Random): Reply {
  const name = zoneForm(question.name);
  const above = zone.apex === name ? lookup(parentName(name) ?? '') : zone;
  if (above === undefined) return emptyReply('REFUSED');
  const draw: Draw = { lookup, zone: above, random, isHealthy: everythingHealthy, depth: 0 };
  const records = recordsOfType(draw, above.at(name), 'DS', question.name);
  return records.length > 0 ? positive(records) : negative(above, 'NOERROR', []);
}

/** What drawing records of a zone needs; depth counts the aliases followed so far. */
interface Draw {
  readonly lookup: ZoneLookup;
  readonly zone: ServedZone;
  readonly random: Random;
  readonly isHealthy: HealthView;
  readonly depth: number;
}

function recordsOfType(
  draw: Draw,
  sets: readonly LabRecord[],
  type: string,
  owner: string,
): readonly Answer[] {
  if (type === 'ANY') {
    const types = new Set(sets.map((set) => set.type));
    return [...types].flatMap((each) => recordsOfType(draw, sets, each, owner));
  }
  const drawn = drawMember(
    sets.filter((set) => set.type === type),
    draw.random,
    draw.isHealthy,
  );
  if (drawn === undefined) return [];
  if (drawn.alias !== undefined) return aliasRecords(draw, drawn.alias, type, owner);
  return (drawn.values ?? []).map((value) => packetRecord(owner, drawn.ttl ?? 0, type, value));
}

function aliasRecords(draw: Draw, alias: LabAlias, type: string, owner: string): readonly Answer[] {
  const target = zoneFormOf(alias.dnsName);
  const zone = draw.lookup(target);
  if (zone === undefined || draw.depth === maxChain) return [];
  const sets = recordSetsFor(zone, target) ?? [];
  const records = recordsOfType({ ...draw, zone, depth: draw.depth + 1 }, sets, type, owner);
  return /\.elb(\.[a-z0-9-]+)?\.amazonaws\.com\.$/.test(target)
    ? records.map((record) => ({ ...record, ttl: elbAliasTtlSeconds }))
    : records;
}

function positive(answers: readonly Answer[]): Reply {
  return { ...emptyReply('NOERROR'), authoritative: true, answers };
}

/** NXDOMAIN or NODATA of the last name in the chain; the SOA's TTL tells how long that may be remembered (RFC 2308). */
function negative(zone: ServedZone, rcode: 'NXDOMAIN' | 'NOERROR', answers: readonly Answer[]): Reply {
  const soa = zone.at(zone.apex).find((set) => set.type === 'SOA');
  const authorities = (soa?.values ?? []).map((value) => {
    const record = packetRecord(wireForm(zone.apex), soa?.ttl ?? 0, 'SOA', value);
    if (record.type !== 'SOA') return record;
    return { ...record, ttl: Math.min(record.ttl ?? 0, record.data.minimum ?? 0) };
  });
  return { ...emptyReply(rcode), authoritative: true, answers, authorities };
}

/** Points to the servers of a delegated child zone, with the addresses this zone holds for them. */
function referral(zone: ServedZone, delegation: LabRecord, answers: readonly Answer[]): Reply {
  const ttl = delegation.ttl ?? 0;
  const servers = delegation.values ?? [];
  const glue = servers
    .flatMap((server) => zone.at(zoneFormOf(server)))
    .filter((set) => set.type === 'A' || set.type === 'AAAA');
  return {
    rcode: 'NOERROR',
    authoritative: answers.length > 0,
    answers,
    authorities: servers.map((server) => packetRecord(wireForm(delegation.name), ttl, 'NS', server)),
    additionals: glue.flatMap((set) =>
      (set.values ?? []).map((value) => packetRecord(wireForm(set.name), set.ttl ?? 0, set.type, value)),
    ),
  };
}
