import { displayName } from '../../core/record-name.js';
import { passed, refused, unseen, warned, type Look } from './look.js';

/** Whether answers are signed, and whether resolvers expect them to be. */
export const lookAtDnssec: Look = async ({ dns, inspection }, { zone }, signal) => {
  const [status, { isSigned }] = await Promise.all([
    inspection.signing(zone.id, signal),
    dns.delegation(zone.name, signal),
  ]);
  const name = 'dnssec';
  if (!isSigned.ok) return [unseen(name, 'the DS record at the parent', isSigned.error)];
  const zoneName = displayName(zone.name);
  if (!status.ok) {
    if (!isSigned.value)
      return [passed(name, `the parent has no DS record for ${zoneName}: answers are not validated`)];
    return [
      unseen(name, `${zoneName} has a DS record at the parent, but whether the zone signs`, status.error),
    ];
  }
  const signing = status.value;
  if (signing === 'ACTION_NEEDED' || signing === 'INTERNAL_FAILURE') {
    const fact = `signing of ${zoneName} is in trouble (${signing}); resolvers that validate may get no answers at all`;
    return [refused(name, fact, 'put DNSSEC in order first: aws route53 get-dnssec')];
  }
  if (isSigned.value && signing !== 'SIGNING') {
    const fact = `the parent has a DS record for ${zoneName}, but the zone does not sign (${signing}): resolvers that validate refuse its answers`;
    return [refused(name, fact, 'remove the DS record at the registrar, or switch signing on')];
  }
  if (!isSigned.value && signing !== 'SIGNING') return [passed(name, `${zoneName} is not signed`)];
  const chain = isSigned.value ? '' : ' but has no DS record at the parent yet';
  const fact = `${zoneName} is signed${chain}; Route 53 signs changed records as it serves them, so a rollback works as without DNSSEC, but resolvers keep DS records and keys for as long as their TTL: changing either during the migration can make the name unreachable, and no rollback of records would help`;
  return [warned(name, fact, 'leave DNSSEC as it is until the migration has ended')];
};
