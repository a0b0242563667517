import type { Command } from 'commander';
import { helperPages } from './helper-pages.js';
import { manualText, type ManualPage } from './manual-page.js';
import { migrationPages } from './migration-pages.js';
import { operatorPages } from './operator-pages.js';
import { readingPages } from './reading-pages.js';

const pages: Readonly<Record<string, ManualPage>> = {
  ...migrationPages,
  ...readingPages,
  ...operatorPages,
  ...helperPages,
};

/** The page of a verb by its words, for example `policy show`; undefined for one that nobody types. */
export function manualPage(words: string): ManualPage | undefined {
  return pages[words];
}

/** The words by which a verb is typed, without the program's own name. */
export function wordsOf(command: Command): string {
  const words: string[] = [];
  for (let at = command; at.parent !== null; at = at.parent) words.unshift(at.name());
  return words.join(' ');
}

/** Lets the help of every verb below this one end with its page. */
export function addManual(program: Command): void {
  for (const command of program.commands) {
    const page = manualPage(wordsOf(command));
    if (page !== undefined) command.addHelpText('after', () => manualText(page));
    addManual(command);
  }
}
