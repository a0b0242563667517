import type { LabChange } from './record.js';

const maxValues = 1000;
const maxValueCharacters = 32_000;

/**
 * The sizes one batch may have (Developer Guide, "Quotas": ResourceRecord elements and the sum of their characters); an UPSERT
 * counts twice. Texts: DNSControl/dnscontrol#508 and #908.
 */
export function limitFaults(changes: readonly LabChange[]): readonly string[] {
  let values = 0;
  let characters = 0;
  for (const { action, record } of changes) {
    const factor = action === 'UPSERT' ? 2 : 1;
    for (const value of record.values ?? []) {
      values += factor;
      characters += factor * value.length;
    }
  }
  return [
    ...(values > maxValues ? [`Number of records limit of ${maxValues} exceeded.`] : []),
    ...(characters > maxValueCharacters ? [`RDATA character limit of ${maxValueCharacters} exceeded.`] : []),
  ];
}
