import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathOf } from './installed.js';

/** One line of an answer section. */
export interface AnswerLine {
  readonly name: string;
  readonly ttlSeconds: number;
  readonly type: string;
  readonly data: string;
}

/** Asks a DNS server the same question `count` times with one `dig -f`; the answer section of each, in order. */
export async function dig(
  server: { readonly address: string; readonly port: number },
  name: string,
  count: number,
): Promise<readonly (readonly AnswerLine[])[]> {
  const directory = await mkdtemp(join(tmpdir(), 'shift-dig-'));
  try {
    const batch = join(directory, 'questions');
    await writeFile(batch, `${name} A +noall +comments +answer\n`.repeat(count));
    const to = [`@${server.address}`, '-p', String(server.port), '+tries=2', '+time=3', '-f', batch];
    const { stdout } = await promisify(execFile)(pathOf('dig'), to, { maxBuffer: 64e6, timeout: 60_000 });
    return answers(stdout);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Every answer begins with a header, the ones without records too. */
function answers(stdout: string): readonly (readonly AnswerLine[])[] {
  const [, ...responses] = stdout.split(';; ->>HEADER<<-');
  return responses.map((response) => {
    if (!response.includes('status: NOERROR')) throw new Error(`dig was told: ${response}`);
    return response.split('\n').flatMap((line) => {
      const [name = '', ttl, , type = '', data = ''] = line.split(/\s+/);
      return line === '' || line.startsWith(';') || !/^\d+$/.test(ttl ?? '')
        ? []
        : [{ name, ttlSeconds: Number(ttl), type, data }];
    });
  });
}
