import { normaliseName } from '../zone/name.js';
import type { LabRecord, ServedZone } from '../zone/record.js';
import { invalidInput, noSuchHostedZone } from '../zone/refusal.js';
import { answer } from './answer.js';
import { notValid } from './operation.js';
import type { Operation } from './operation.js';

const maxAliasSteps = 8;

/**
 * TestDNSAnswer: what the first name server would return for one name and type.
 *
 * It knows weights and aliases inside the zone; wildcards and names of AWS services are left to the lab's DNS servers.
 */
export const testDnsAnswer: Operation = ({ zones, query, random }) => {
  const [zoneId, name, type] = ['hostedzoneid', 'recordname', 'recordtype'].map((field) => query.get(field));
  if (zoneId == null || name == null || type == null) return notValid();
  const details = zones.zone(zoneId);
  if (details === undefined) return noSuchHostedZone(zoneId);
  const reading = normaliseName(name);
  if (reading.kind === 'fault') return invalidInput(reading.fault);
  const served = zones.zoneFor(0, reading.name);
  const inZone = served?.apex === details.name ? served : undefined;
  const found = inZone === undefined ? undefined : resolve(inZone, reading.name, type, random);
  return answer('TestDNSAnswerResponse', {
    Nameserver: details.nameServers[0] ?? '',
    RecordName: reading.name.replace(/\.$/, ''),
    RecordType: found?.type ?? type,
    RecordData: { RecordDataEntry: found?.values ?? [] },
    ResponseCode: inZone?.exists(reading.name) === true ? 'NOERROR' : 'NXDOMAIN',
    Protocol: 'UDP',
  });
};

function resolve(zone: ServedZone, name: string, type: string, random: () => number): LabRecord | undefined {
  let at = name;
  for (let step = 0; step < maxAliasSteps; step += 1) {
    const records = zone.at(at).filter((record) => record.type === type || record.type === 'CNAME');
    const drawn = draw(records, random);
    if (drawn?.alias === undefined) return drawn;
    at = drawn.alias.dnsName;
  }
  return undefined;
}

/** By weight; when all weights are 0, each is as likely (Developer Guide, weighted routing). */
function draw(records: readonly LabRecord[], random: () => number): LabRecord | undefined {
  const total = records.reduce((sum, { weight = 0 }) => sum + weight, 0);
  if (total === 0) return records[Math.floor(random() * records.length)];
  let left = random() * total;
  return records.find(({ weight = 0 }) => (left -= weight) < 0);
}
