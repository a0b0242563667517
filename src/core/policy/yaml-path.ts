/** Where a value stands in a file, from the root: keys and list positions. */
export type YamlPath = readonly (string | number)[];

/** `stages[2].share`, `hosts["www.example.com"].from`; the root itself is `the file`. */
export function formatPath(path: YamlPath): string {
  if (path.length === 0) return 'the file';
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${quoted(step)}]`;
  }
  return text;
}

/** True when `path` is `prefix` or lies below it. */
export function startsWith(path: YamlPath, prefix: YamlPath): boolean {
  return prefix.every((step, index) => path[index] === step);
}

const longestShown = 60;

/** Foreign text for a message: in quotes, shortened, and without characters that a terminal would act on. */
export function quoted(text: string): string {
  const start = text.length > longestShown ? `${text.slice(0, longestShown)}...` : text;
  const escaped = start.replaceAll(new RegExp(unprintable, 'gu'), (char) => `<${codePoint(char)}>`);
  return `"${escaped}"`;
}

/** Controls, lone surrogates and the marks that reorder text on a screen. */
const unprintable =
  '[\\u0000-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]';

/** The first character in `text` that may not stand in a file, as `U+0000`, or undefined. */
export function forbiddenCharacter(text: string): string | undefined {
  const found = new RegExp(unprintable, 'u').exec(text)?.[0];
  return found === undefined ? undefined : codePoint(found);
}

function codePoint(char: string): string {
  return `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
