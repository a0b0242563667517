import { displayName } from '../../core/record-name.js';
import type { Look } from './look.js';

/** The zone that the plan has pinned. */
export const lookAtZone: Look = (_, { zone }) => {
  const fact = `${displayName(zone.name)} is the public zone ${zone.id}, served by ${zone.nameServers.length} name servers`;
  return Promise.resolve([{ name: 'zone', verdict: 'ok', fact, fix: null }]);
};
