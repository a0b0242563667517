import { delegationVerdict } from '../../core/foundation/delegation.js';
import { displayName } from '../../core/record-name.js';
import { passed, refused, warned, type Look } from './look.js';

/** That the parent delegates to the name servers of this very zone; otherwise nobody would see what is written to it. */
export const lookAtDelegation: Look = async ({ dns }, { zone }, signal) => {
  const { resolver, parent } = await dns.delegation(zone.name, signal);
  const told = {
    resolver: resolver.ok ? resolver.value : null,
    parent: parent.ok ? parent.value : null,
  };
  const name = 'delegation';
  const verdict = delegationVerdict(zone.nameServers, told);
  if (verdict.delegation === 'elsewhere') {
    const fact = `${displayName(zone.name)} is delegated to ${verdict.servers.join(', ')}, not to this zone's ${zone.nameServers.join(', ')}: nobody would see what is written to ${zone.id}`;
    const fix = `name the delegated zone with --zone <id>, or set the name servers at the registrar; look with: dig +trace NS ${displayName(zone.name)}`;
    return [refused(name, fact, fix)];
  }
  const failures = [resolver, parent].flatMap((way) => (way.ok ? [] : [way.error.message]));
  if (verdict.delegation === 'unknown') {
    const fact = `it could not be seen who answers for ${displayName(zone.name)}, and writes to a zone that is not delegated are pointless: ${failures.join('; ')}`;
    return [refused(name, fact, 'check that DNS works from here, and try again')];
  }
  const who = `${displayName(zone.name)} is delegated to this zone's name servers`;
  if (failures.length > 0)
    return [warned(name, `${who} as far as could be seen; ${failures.join('; ')}`, 'try again')];
  return [passed(name, `${who}, as the resolver and the parent's servers say`)];
};
