/** A word for a POSIX shell, untouched where nothing needs quoting. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The line that applies a break-glass file with the AWS CLI, in words that need no more quoting. One attempt: the CLI's own
 * retries would send a change again after its answer was lost.
 */
export function applyWords(zoneId: string, file: string): readonly string[] {
  return [
    'AWS_MAX_ATTEMPTS=1',
    ...['aws', '--region', 'us-east-1', 'route53', 'change-resource-record-sets'],
    ...['--hosted-zone-id', zoneId, '--change-batch', shellWord(`file://${file}`)],
  ];
}

/** The line that lists what stands in the zone. */
export function listWords(zoneId: string): readonly string[] {
  return ['aws', '--region', 'us-east-1', 'route53', 'list-resource-record-sets', '--hosted-zone-id', zoneId];
}
