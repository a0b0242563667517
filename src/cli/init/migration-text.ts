import type { Answers } from './interview.js';

/** The migration file that these answers make. Texts are quoted as JSON, which YAML reads as it is (YAML 1.2, section 1.3). */
export function migrationText({ zone, policy, hosts }: Answers): string {
  const quote = (text: string): string => JSON.stringify(text.trim());
  const lines = hosts.flatMap(({ host, from, to }) => [
    `  ${quote(host)}:`,
    `    from: ${quote(from)}`,
    `    to: ${quote(to)}`,
  ]);
  return [
    '# What moves, and how. Look first: shiftctl plan -f <this file>; then begin: shiftctl start -f <this file>',
    ...(zone === null ? [] : [`zone: ${quote(zone)}`]),
    `policy: ${quote(policy)} # shiftctl policy list; or the path of a file of your own`,
    'hosts:',
    ...lines,
    '',
  ].join('\n');
}
