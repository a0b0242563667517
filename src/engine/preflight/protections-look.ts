import { displayName, markerName } from '../../core/record-name.js';
import { passed, refused, unseen, type Look } from './look.js';

const writtenTypes = ['CNAME', 'A', 'AAAA', 'TXT'];

/** Record protections, which make Route 53 refuse every change of a name and type, a rollback's too. */
export const lookAtProtections: Look = async ({ inspection }, { zone, hosts }, signal) => {
  const names = hosts.flatMap(({ host }) => [host, markerName(host)]);
  const found = await inspection.protections(zone.id, names, signal);
  const name = 'protections';
  if (!found.ok) return [unseen(name, 'record protections', found.error)];
  const inTheWay = found.value.filter(({ type }) => writtenTypes.includes(type));
  if (inTheWay.length === 0) return [passed(name, 'no record of the hosts or their markers is protected')];
  const described = inTheWay.map(
    (each) => `${each.type} ${displayName(each.name)}${each.comment === null ? '' : ` ("${each.comment}")`}`,
  );
  const fact = `protected against every change: ${described.join(', ')}`;
  const fix = `ask who protects them, then: aws route53 delete-resource-record-set-protections --hosted-zone-id ${zone.id}`;
  return [refused(name, fact, fix)];
};
