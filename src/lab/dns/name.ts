/**
 * Domain names in the two forms the lab meets.
 *
 * *Zone form* is how Route 53 lists names: lower case, final dot, and every character outside a-z 0-9 - _ as a
 * three-digit octal escape, `*` included (Route 53 Developer Guide, "DNS domain name format").
 * *Wire form* is what dns-packet decodes to and encodes from: no final dot, no escapes, case kept.
 */

const octalEscape = /\\([0-3][0-7]{2})/g;
const outsideZoneForm = /[^a-z0-9_.-]/g;

/** Zone form of a name decoded from a packet. */
export function zoneForm(wireName: string): string {
  const lower = wireName.replace(/\.$/, '').toLowerCase();
  return `${lower.replace(outsideZoneForm, octalBytes)}.`;
}

/**
 * Wire form of a name as it stands in a zone or in record data.
 * @throws Error when the name holds a dot inside a label or bytes that are not UTF-8, which dns-packet cannot encode.
 */
export function wireForm(name: string): string {
  if (!name.includes('\\')) return name.replace(/\.$/, '');
  const bytes = Buffer.from(
    name.replace(octalEscape, (_escape, digits: string) => {
      if (digits === '056')
        throw new Error(`the name ${name} has a dot inside a label, which is not supported`);
      return String.fromCharCode(Number.parseInt(digits, 8));
    }),
    'latin1',
  );
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes))
    throw new Error(`the name ${name} is not UTF-8, which is not supported`);
  return text.replace(/\.$/, '');
}

/** Zone form of a name as written in record data, which may be upper case and may lack the final dot. */
export function zoneFormOf(dataName: string): string {
  return zoneForm(wireForm(dataName));
}

function octalBytes(character: string): string {
  return [...Buffer.from(character, 'utf8')].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
