import type { ManualPage } from './manual-page.js';

/** The verbs that only look. */
export const readingPages: Readonly<Record<string, ManualPage>> = {
  status: {
    isReading: true,
    about:
      "Where a migration is, why, and what comes next. Without a host it is about the only live migration. --why shows every number behind the verdict; --resolvers also tells what resolvers that users have hand out (1.1.1.1, 8.8.8.8, 9.9.9.9 and the system's first, or those of SHIFT_REPORT_RESOLVERS), held against the authoritative name servers, which alone decide anything; --no-state asks the zone instead of the journal, from any computer with AWS credentials.",
    writes:
      'Writes nothing. Reads the journal alone; with --resolvers it asks by DNS for two seconds at most; with --no-state the zone alone.',
    examples: [
      ['shiftctl status www.example.com --watch', 'stay and redraw; Ctrl-C leaves everything as it is'],
      ['shiftctl status --why', 'every number behind the verdict'],
      ['shiftctl status --why --stage 25', 'as it was when the stage of 25% was left'],
      ['shiftctl status --resolvers', 'and what users of public resolvers get, lies and old answers named'],
      ['shiftctl status -o json | jq -r \'"\\(.phase) \\(.share)%"\'', 'for a script'],
      [
        'shiftctl status www.example.com --no-state',
        'without the journal: weights, markers, is anyone overdue',
      ],
    ],
    exits: [0, 1, 2, 3, 4, 5, 6, 7],
    uses: ['journal', 'aws'],
    see: ['list', 'history', 'report', 'rollback'],
  },
  list: {
    isReading: true,
    about:
      'Every migration of this state directory, newest first: phase, share, since when, and what comes next.',
    writes: 'Writes nothing. Where nothing was ever started the list is empty, which is not an error.',
    examples: [
      ['shiftctl list', 'what is under way, and what was'],
      ["shiftctl list -o json | jq -r '.migrations[].id'", 'the ids'],
    ],
    exits: [0, 1, 2],
    uses: ['journal'],
    see: ['status', 'history'],
  },
  history: {
    isReading: true,
    about:
      'What happened, in order, with the reasons and who asked for it. Times are local; with -o json they are UTC. Every reading checks the hash chain of the journal; --verify also compares its head with the marker in the zone, and with --head with that of a message: it says which entry that was, or what is gone.',
    writes: 'Writes nothing. Reads the journal; with --verify the zone too.',
    examples: [
      ['shiftctl history www.example.com', 'the story'],
      ['shiftctl history --verify', 'and whether anybody has changed it'],
      [
        'shiftctl history --verify --head 42:<hash>',
        'and whether it still is the journal that a page was sent from',
      ],
      ["shiftctl history -o json | jq -r '.entries[].event.type'", 'for a script'],
    ],
    exits: [0, 1, 2, 3, 6],
    uses: ['journal', 'aws'],
    see: ['status', 'report'],
  },
  report: {
    isReading: true,
    isDocument: true,
    about:
      'The whole story of a migration with charts, for a post-mortem or a change ticket: a page in one file without scripts, or Markdown.',
    writes:
      'Writes nothing but the file of --out, whole or not at all; one that is there is replaced only with --force.',
    examples: [
      ['shiftctl report www.example.com --out report.html', 'a page'],
      ['shiftctl report www.example.com --as markdown', 'Markdown for a ticket'],
    ],
    exits: [0, 1, 2, 3],
    uses: ['journal'],
    see: ['history', 'status'],
  },
};
