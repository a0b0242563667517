import type { ManualPage } from './manual-page.js';

const nothing = 'Writes nothing.';

/** Policies, infrastructure, shells, the lab and the demo. */
export const helperPages: Readonly<Record<string, ManualPage>> = {
  policy: {
    isReading: true,
    about:
      'A policy says how a migration moves: stages, dwells, probes, the gate, the calendar and who is told.',
    writes: nothing,
    examples: [['shiftctl policy list', 'the policies that come with the program']],
    exits: [0, 1, 2],
    uses: ['policies'],
    see: ['policy list', 'policy show', 'policy validate', 'policy schema'],
  },
  'policy list': {
    isReading: true,
    about:
      'The policies that come with the program and those in a folder of your own (policiesDir), with their stages and how long they take at the least. A file of yours that is invalid hides no other: it is named with its first problem, and the exit code is 2.',
    writes: nothing,
    examples: [['shiftctl policy list', 'choose one for --policy']],
    exits: [0, 1, 2],
    uses: ['policies'],
    see: ['policy show', 'policy validate'],
  },
  'policy show': {
    isReading: true,
    isDocument: true,
    about:
      'One policy as it counts: the file as it was written, comments included; with -o json every value, the defaults filled in, times in milliseconds.',
    writes: nothing,
    examples: [
      ['shiftctl policy show standard > mine.yaml', 'the beginning of a policy of your own'],
      ['shiftctl policy show ./mine.yaml -o json', 'what a file means, with all defaults'],
    ],
    exits: [0, 1, 2],
    uses: ['policies'],
    see: ['policy list', 'policy validate'],
  },
  'policy schema': {
    isReading: true,
    isDocument: true,
    about: 'The JSON Schema of policy files, or of migration files, for editors and pipelines.',
    writes: nothing,
    examples: [
      ['shiftctl policy schema > policy.schema.json', 'for policies'],
      ['shiftctl policy schema migration > migration.schema.json', 'for migration files'],
    ],
    exits: [0, 1, 2],
    uses: [],
    see: ['policy validate'],
  },
  'policy validate': {
    isReading: true,
    about:
      'Checks a policy or migration file and says everything that is wrong with it at once, each with line and column.',
    writes: nothing,
    examples: [['shiftctl policy validate migration.yaml', 'before a commit']],
    exits: [0, 1, 2],
    uses: ['policies'],
    see: ['policy schema', 'plan'],
  },
  iam: {
    isReading: true,
    isDocument: true,
    about:
      'Prints the least-privilege IAM policy of a migration: for the controller, for readers, or for an on-call engineer who may only roll back. With a host and --zone no call is made, so that it works before anybody has a permission.',
    writes:
      'Writes nothing. It calls Route 53 only to find the zone of a host that the journal does not know.',
    examples: [
      [
        'shiftctl iam www.example.com --zone Z0123456789 \\\n      --for rollback-only > on-call.json',
        'for the on-call engineer',
      ],
    ],
    exits: [0, 1, 2, 3, 7],
    uses: ['journal', 'aws', 'policies'],
    see: ['preflight'],
  },
  runbook: {
    isReading: true,
    isDocument: true,
    about:
      'Prints a page in Markdown that an on-call engineer can keep: what is moving, how to see it, how to put it back with and without this program.',
    writes: nothing,
    examples: [
      ['shiftctl runbook www.example.com > runbook.md', 'after the start; before it: -f migration.yaml'],
    ],
    exits: [0, 1, 2, 3, 7],
    uses: ['journal', 'aws'],
    see: ['rollback', 'status'],
  },
  export: {
    isReading: true,
    isDocument: true,
    about:
      'Prints the records as they now stand, for infrastructure as code to catch up with. While the migration runs the code must leave these records alone: plan --beside-code prints what to add to Terraform, CloudFormation, octoDNS or dnscontrol.',
    writes: 'Writes nothing. Reads the zone, not the journal.',
    examples: [
      ['shiftctl export www.example.com --as terraform', 'with import blocks'],
      ['shiftctl export www.example.com --as zonefile', 'for octoDNS and its like'],
    ],
    exits: [0, 1, 2, 3, 7],
    uses: ['journal', 'aws'],
    see: ['plan'],
  },
  'shell-init': {
    isReading: true,
    isDocument: true,
    about:
      'Prints what makes a literal shift start work at an interactive prompt, where shift is a builtin. Scripts and functions keep the builtin.',
    writes: nothing,
    examples: [['eval "$(shiftctl shell-init bash)"', 'in ~/.bashrc; with zsh in ~/.zshrc']],
    exits: [0, 1, 2],
    uses: [],
    see: ['completion'],
  },
  completion: {
    isReading: true,
    isDocument: true,
    about:
      'Prints what completes verbs, options, policies, live hosts and ids at the prompt of bash, zsh or fish.',
    writes: nothing,
    examples: [
      ['eval "$(shiftctl completion bash)"', 'in ~/.bashrc'],
      ['eval "$(shiftctl completion zsh)"', 'in ~/.zshrc, after compinit'],
      ['shiftctl completion fish | source', 'in ~/.config/fish/config.fish'],
    ],
    exits: [0, 1, 2],
    uses: [],
    see: ['shell-init'],
  },
  lab: {
    isReading: false,
    about:
      'A Route 53, DNS, Heroku and AWS on loopback, with users, to try everything against. Without a verb: lab run.',
    writes:
      'Writes a directory below the temporary one, for lab env, and removes it at the end. Reaches nothing outside.',
    examples: [['shiftctl lab', 'serve it until Ctrl-C']],
    exits: [0, 1, 2, 3],
    uses: ['temporary'],
    see: ['lab run', 'lab env', 'demo'],
  },
  'lab run': {
    isReading: false,
    about:
      'Serves the lab until it is stopped. A scenario decides what goes wrong in it once traffic has moved.',
    writes:
      'Writes a directory below the temporary one, for lab env, and removes it at the end. Reaches nothing outside.',
    examples: [
      ['shiftctl lab run --scenario target-errors', 'a target that begins to fail'],
      ['shiftctl lab run --direction aws-to-heroku', 'the other way'],
    ],
    exits: [0, 1, 2, 3],
    uses: ['temporary'],
    see: ['lab env', 'demo'],
  },
  'lab env': {
    isReading: true,
    isDocument: true,
    about:
      'Prints the settings that bring a second terminal into the running lab, with none of its own AWS or Heroku settings.',
    writes: nothing,
    examples: [['eval "$(shiftctl lab env)"', 'in the second terminal']],
    exits: [0, 1, 2, 3],
    uses: ['temporary'],
    see: ['lab run'],
  },
  demo: {
    isReading: false,
    about: 'A whole migration against a lab of its own, in about a minute, with what its users see.',
    writes: 'Writes only below the temporary directory, and removes it. Reaches nothing outside.',
    examples: [
      ['shiftctl demo', 'all goes well'],
      ['shiftctl demo --scenario target-errors', 'a rollback'],
    ],
    exits: [0, 1, 2, 3, 4, 5, 6, 8],
    uses: ['temporary'],
    see: ['lab', 'start'],
  },
};
