import { join } from 'node:path';

/** The text beside the two files: what to type when this program cannot run. */
export function instructions(folder: string, zoneId: string): string {
  return `These two files put all traffic back on the source without this program.
They need the AWS CLI and credentials that may change the hosted zone ${zoneId}.

1. All traffic to the source. May be repeated until it succeeds:

   ${applyLine(zoneId, join(folder, 'drain.json'))}

2. Then the plain record, which ends the migration:

   ${applyLine(zoneId, join(folder, 'collapse.json'))}

   It replaces exactly what stands in the zone after step 1, and is refused as a whole when anything
   else there has changed; a refusal is harmless, all traffic stays on the source. After any error
   or timeout list the records before trying again:

   ${listLine(zoneId)}
`;
}

/** One attempt: the CLI's own retries would send a change again after its answer was lost. */
function applyLine(zoneId: string, file: string): string {
  return `AWS_MAX_ATTEMPTS=1 aws --region us-east-1 route53 change-resource-record-sets --hosted-zone-id ${zoneId} --change-batch ${quoted(`file://${file}`)}`;
}

function listLine(zoneId: string): string {
  return `aws --region us-east-1 route53 list-resource-record-sets --hosted-zone-id ${zoneId}`;
}

/** For a POSIX shell, untouched where nothing needs quoting. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
