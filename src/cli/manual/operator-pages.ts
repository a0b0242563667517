import type { ManualPage } from './manual-page.js';

const journalAlone = 'Writes who asked and why to the journal. Writes nothing to the zone.';
const wordExits: readonly number[] = [0, 1, 2, 3, 6, 7];
const zoneExits: readonly number[] = [0, 1, 2, 3, 6, 7, 8];

/** What a person does to a migration. */
export const operatorPages: Readonly<Record<string, ManualPage>> = {
  pause: {
    isReading: false,
    about:
      'Stops advancing where it is. The guard keeps watching and can still roll back. Returns once no write is open any more, and says which share is in force.',
    writes: journalAlone,
    examples: [['shiftctl pause www.example.com --reason "sale until noon"', 'hold it']],
    exits: [0, 1, 2, 3, 6, 7, 8],
    uses: ['journal', 'aws', 'operator'],
    see: ['resume', 'status'],
  },
  resume: {
    isReading: false,
    about: 'Goes on after a pause, or after the gate asked a person. The dwell of the stage goes on, too.',
    writes: journalAlone,
    examples: [['shiftctl resume www.example.com --reason "sale is over"', 'go on']],
    exits: wordExits,
    uses: ['journal', 'operator'],
    see: ['pause', 'approve', 'status'],
  },
  approve: {
    isReading: false,
    about:
      'Lets the next stage begin where the policy wants a person, or answers what the gate asked. The word can be given beforehand, survives restarts and expires after a while.',
    writes: journalAlone,
    examples: [
      ['shiftctl approve www.example.com --reason "checked the orders"', 'the stage that comes next'],
      ['shiftctl approve www.example.com --stage 50', 'only if that stage is the one of 50%'],
    ],
    exits: wordExits,
    uses: ['journal', 'operator'],
    see: ['promote', 'resume', 'status'],
  },
  promote: {
    isReading: false,
    about:
      'Ends the dwell of this stage early where the gate allows it on its evidence. --override stands in for what the gate lacks; nothing goes past the guard or an unreadable zone.',
    writes: `${journalAlone} The next tick moves the traffic.`,
    examples: [
      ['shiftctl promote www.example.com', 'on the evidence'],
      ['shiftctl promote --override "load test was ours"', 'on your word, which is recorded'],
      [
        'shiftctl promote --to 100 --override "source is gone"',
        'past the next stage, only while the source fails and the target passes',
      ],
    ],
    exits: wordExits,
    uses: ['journal', 'operator'],
    see: ['approve', 'status', 'rollback'],
  },
  replan: {
    isReading: false,
    about:
      'Gives a running migration another policy: shows what changes and asks. Until then the copy that was made at its start counts, whatever happens to the file.',
    writes: journalAlone,
    examples: [['shiftctl replan www.example.com --policy ./slower.yaml', 'show the difference and ask']],
    exits: [0, 1, 2, 3, 6, 7],
    uses: ['journal', 'policies', 'operator'],
    see: ['policy validate', 'status'],
  },
  adopt: {
    isReading: false,
    about:
      'After a halt: goes on from the records that stand in the zone now. Shows what differs and asks. The share that stands is settled and watched afresh.',
    writes:
      'Writes the journal and the markers of these hosts. The records stay as somebody left them; between two stages they go to the lower one.',
    examples: [
      ['shiftctl adopt www.example.com --reason "that edit was mine"', 'take over what stands there'],
    ],
    exits: zoneExits,
    uses: ['journal', 'aws', 'operator'],
    see: ['history', 'repair', 'restore', 'rollback'],
  },
  repair: {
    isReading: false,
    about:
      "After a halt: undoes what somebody did to the records and goes on. Puts this stage's own pair back, or that of a lower stage where less stands, because it moves nobody forward. Shows the difference and asks; what is not ours is never deleted.",
    writes: 'Writes the records and markers of these hosts, and the journal.',
    examples: [['shiftctl repair www.example.com --reason "a slip of the hand"', 'undo an edit by hand']],
    exits: zoneExits,
    uses: ['journal', 'aws', 'operator'],
    see: ['adopt', 'history', 'rollback'],
  },
  restore: {
    isReading: false,
    about:
      'After a halt or an end: puts back exactly the records that stood before the first take-over, TTL and type included. Shows the difference and asks.',
    writes: 'Writes the records and markers of these hosts, and the journal.',
    examples: [['shiftctl restore www.example.com', 'as it was before']],
    exits: zoneExits,
    uses: ['journal', 'aws', 'operator'],
    see: ['rollback', 'adopt', 'repair', 'history'],
  },
  forget: {
    isReading: false,
    about:
      'Removes the marker of an ended migration from the zone, seven days after the end at the earliest. Until then rollback still works; afterwards the zone remembers nothing.',
    writes: 'Removes the TXT records at _shift.<host>; the records of the hosts stay.',
    examples: [['shiftctl forget www.example.com', 'the last trace in the zone']],
    exits: zoneExits,
    uses: ['journal', 'aws', 'operator'],
    see: ['list', 'rollback'],
  },
  finalize: {
    isReading: false,
    about:
      'Ends the last dwell early, if the gate allows it on its evidence. Once completed, --as alias turns the plain record into an alias A and AAAA.',
    writes:
      'Writes the journal; with --as alias the records and markers of these hosts, after showing the difference.',
    examples: [
      ['shiftctl finalize www.example.com', 'end the bake'],
      ['shiftctl finalize www.example.com --as alias', 'afterwards: an alias instead of a CNAME'],
    ],
    exits: zoneExits,
    uses: ['journal', 'aws', 'operator'],
    see: ['status', 'forget', 'export'],
  },
  rollback: {
    isReading: false,
    about:
      'Everything back to the source, now. It asks nothing, checks nothing and does not give up while the answer is no. No lease, gate, policy file, notifier or broken journal stands in its way: where the journal does not open it works from the zone alone.',
    writes:
      'Writes plain low-TTL records to the source and the markers of these hosts; the journal if it can.',
    examples: [
      ['shiftctl rollback www.example.com --reason "checkout is broken"', 'the one to remember'],
      ['shiftctl rollback www.example.com --no-state', 'from any computer with AWS credentials'],
    ],
    exits: zoneExits,
    uses: ['journal', 'aws', 'operator'],
    see: ['status', 'runbook', 'restore'],
  },
};
