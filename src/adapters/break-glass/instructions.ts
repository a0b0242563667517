import { join } from 'node:path';
import { applyWords, listWords } from '../../core/shell-words.js';

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

function applyLine(zoneId: string, file: string): string {
  return applyWords(zoneId, file).join(' ');
}

function listLine(zoneId: string): string {
  return listWords(zoneId).join(' ');
}
