import type { Answer } from 'dns-packet';
import { answerQuestion } from './answer.js';
import { everythingHealthy, type HealthView } from './draw.js';
import type { Random } from '../random.js';
import { parentName } from '../zone/name.js';
import { wireForm, zoneForm } from './name.js';
import { packetRecord } from './record-data.js';
import { emptyReply, type Question, type Reply } from './reply.js';
import type { ZoneLookup } from './zone-lookup.js';

/** Longest chain of CNAMEs a recursive answer may hold, across zones. */
const maxChain = 16;

/**
 * What a recursive resolver without a cache would answer: the chain of CNAMEs followed across all zones to its end.
 *
 * The lab has no root, so a name outside its zones cannot be resolved: SERVFAIL, never NXDOMAIN. A chain that loops, or
 * leads to servers outside the lab, is SERVFAIL too.
 */
export function resolveQuestion(
  lookup: ZoneLookup,
  question: Question,
  random: Random,
  isHealthy: HealthView = everythingHealthy,
): Reply {
  const moved = movedDelegation(lookup, question);
  if (moved !== undefined) return moved;
  const answers: Answer[] = [];
  let name = question.name;
  while (answers.length <= maxChain) {
    const reply = answerQuestion(lookup, { name, type: question.type }, random, isHealthy);
    if (reply.rcode === 'REFUSED' || isReferral(reply)) break;
    answers.push(...reply.answers);
    const last = reply.answers.at(-1);
    const unfinished =
      reply.authorities.length === 0 && last?.type === 'CNAME' && followsCname(question.type);
    if (!unfinished) return { ...reply, authoritative: false, answers };
    name = last.data;
  }
  return emptyReply('SERVFAIL');
}

/**
 * Where the parent delegates to other servers than the zone itself names, a resolver ends up at those, which the lab has not: it
 * knows their names and nothing else of the zone.
 */
function movedDelegation(lookup: ZoneLookup, question: Question): Reply | undefined {
  const zone = lookup(zoneForm(question.name));
  const above = zone && lookup(parentName(zone.apex) ?? '');
  const cut = above?.at(zone?.apex ?? '').find(({ type }) => type === 'NS');
  const own = zone?.at(zone.apex).find(({ type }) => type === 'NS')?.values ?? [];
  const servers = cut?.values;
  if (zone === undefined || servers === undefined || servers.some((server) => own.includes(server)))
    return undefined;
  if (question.type !== 'NS' || zoneForm(question.name) !== zone.apex) return emptyReply('SERVFAIL');
  const answers = servers.map((server) => packetRecord(wireForm(zone.apex), cut?.ttl ?? 0, 'NS', server));
  return { ...emptyReply('NOERROR'), answers };
}

function isReferral(reply: Reply): boolean {
  return reply.authorities.some((record) => record.type === 'NS');
}

function followsCname(type: string): boolean {
  return type !== 'CNAME' && type !== 'ANY';
}
