/** The value a JSON pointer (RFC 6901) leads to, or undefined when there is none or the pointer is malformed. */
export function atPointer(document: unknown, pointer: string): unknown {
  if (pointer === '') return document;
  const [first, ...tokens] = pointer.split('/');
  if (first !== '') return undefined;
  return tokens.reduce<unknown>((value, token) => {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    return member(value, key);
  }, document);
}

function member(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(key) ? (value as unknown[])[Number(key)] : undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
