/**
 * The password of one machine in a netrc file, as `heroku login` writes it: `machine api.heroku.com`, then `login` and `password`, each
 * word with its value, on one line or on several (GNU inetutils manual, "The .netrc file"). Comments and macros are passed over, and
 * so is `default`: a password that was meant for any host is not sent to this one. Null where there is none.
 */
export function netrcPassword(text: string, machine: string): string | null {
  const words = wordsOf(text);
  let isWanted = false;
  for (let at = 0; at < words.length; at += 1) {
    const value = words[at + 1];
    switch (words[at] ?? '') {
      case 'machine':
        isWanted = value?.toLowerCase() === machine.toLowerCase();
        at += 1;
        break;
      case 'default':
        isWanted = false;
        break;
      case 'password':
        if (isWanted && value !== undefined) return value;
        at += 1;
        break;
      case 'login':
      case 'account':
        at += 1;
        break;
      default:
        // A word of no known meaning, as other readers of the file have it.
        break;
    }
  }
  return null;
}

/** A macro reaches to the next empty line; a comment from a word that begins with # to the end of its line. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let isMacro = false;
  for (const line of text.split(/\r?\n/)) {
    const inLine = line.split(/\s+/).filter((word) => word !== '');
    if (isMacro) {
      isMacro = inLine.length > 0;
      continue;
    }
    for (const [index, word] of inLine.entries()) {
      const isValue = /^(?:machine|login|password|account)$/.test(inLine[index - 1] ?? '');
      if (!isValue && word.startsWith('#')) break;
      if (!isValue && word === 'macdef') {
        isMacro = true;
        break;
      }
      words.push(word);
    }
  }
  return words;
}
