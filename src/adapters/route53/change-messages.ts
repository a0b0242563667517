/**
 * How the single messages of a refused change batch begin, as seen in public answers of Route 53 (for instance
 * aws/aws-sdk-kotlin#1435, external-dns#1411, terraform-provider-aws#1961).
 */
const openers = [
  'Tried to ',
  'RRSet ',
  'The request contains ',
  'Invalid Resource Record',
  'FATAL problem',
  'Duplicate ',
  'A HostedZone ',
  'Number of ',
  'RDATA ',
  'Exceeded limit',
];
const separator = new RegExp(`, (?=${openers.join('|')})`);

/** Refusals that depend on what stands in the zone: it is not as the batch assumed, so somebody else has written. */
const conflicts = [
  /^Tried to delete resource record set .* but (it was not found|the values provided do not match the current values)$/s,
  /^Tried to create resource record set .* but it already exists$/s,
  /^RRSet .* conflicts with other records with the same DNS name /s,
  /^RRSet .* conflicting RRSet of type +CNAME with the same DNS name already exists /s,
  /^RRSet .* cannot be created as a non-weighted set exists with the same name and type\.?$/s,
  /^RRSet .* cannot be created as other RRSets exist with the same name and type\.?$/s,
  /^RRSet .* cannot be created as weighted sets must contain the same TTL\.?$/s,
];

/**
 * The single messages inside the one text `[m1, m2]` that InvalidChangeBatch carries, in the provider's order.
 *
 * Messages contain brackets and commas themselves, so the text is split only where a known message begins; an
 * unknown one stays joined to the message before it. Text without brackets, as older answers have it, is read too.
 */
export function changeMessages(text: string): readonly string[] {
  const trimmed = text.trim();
  const inner = trimmed.startsWith('[') && trimmed.endsWith(']') ? trimmed.slice(1, -1) : trimmed;
  return inner
    .split(separator)
    .map((message) => message.trim())
    .filter((message) => message !== '');
}

/** True when every message says that the zone is not as the batch assumed, and none that the batch itself is wrong. */
export function isConflict(messages: readonly string[]): boolean {
  return messages.length > 0 && messages.every((message) => conflicts.some((form) => form.test(message)));
}
