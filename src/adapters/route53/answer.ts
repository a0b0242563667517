import { recordName, type RecordName } from '../../core/record-name.js';

/** An answer that came, but breaks the API's own rules; the message is for a person. */
export class UnexpectedAnswer extends Error {}

/**
 * True when the text of an answer is this name in any spelling.
 * @throws UnexpectedAnswer when the answer left the name out: that is no sign that a listing has moved past it.
 */
export function isNamed(text: string | undefined, name: RecordName): boolean {
  if (text === undefined) throw new UnexpectedAnswer('Route 53 left out a name in its answer');
  const normalised = recordName(text);
  return normalised.ok && normalised.value === name;
}

/**
 * The id alone; answers carry `/hostedzone/Z...` and `/change/C...`.
 * @throws UnexpectedAnswer when the answer left the id out.
 */
export function bareId(id: string | undefined): string {
  const bare = id?.slice(id.lastIndexOf('/') + 1) ?? '';
  if (bare === '') throw new UnexpectedAnswer('Route 53 left out an id in its answer');
  return bare;
}
