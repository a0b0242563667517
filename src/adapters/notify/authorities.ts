import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';

/** The authorities Node.js ships with and those of `caFile`, as PEM. Rejects when the file cannot be read. */
export async function trustedAuthorities(caFile: string | null): Promise<readonly string[]> {
  return caFile === null ? rootCertificates : [...rootCertificates, await readFile(caFile, 'utf8')];
}
