import type { ManualPage } from './manual-page.js';

const sides = '--from heroku:shop --to aws:alb-1.eu-west-1.elb.amazonaws.com';

/** The verbs that begin a migration and drive it. */
export const migrationPages: Readonly<Record<string, ManualPage>> = {
  init: {
    isReading: false,
    about:
      'Asks its way to a first migration.yaml. It lists the hosted zones, the records and the Heroku apps and domains that your credentials can see, so that little has to be typed; whatever cannot be listed is asked for instead.',
    writes:
      'Writes one file, whole or not at all, and asks before it replaces one. Reads Route 53 and Heroku; changes nothing there. Needs a terminal.',
    examples: [
      ['shiftctl init', 'write ./migration.yaml'],
      ['shiftctl init --out shop.yaml', 'write it elsewhere'],
    ],
    exits: [0, 2, 3],
    uses: ['aws', 'heroku', 'policies'],
    see: ['plan', 'policy list'],
  },
  plan: {
    isReading: true,
    about:
      'Shows everything that would happen: the records as they stand and as each stage would leave them, the times, what to expect of the gate on the traffic of the last hours, and every check that start would make.',
    writes: 'Writes nothing, neither in the zone nor on disk.',
    examples: [
      [`shiftctl plan www.example.com \\\n      ${sides}`, 'the plan of one host'],
      ['shiftctl plan -f migration.yaml', 'several hosts that move together'],
      ['shiftctl plan -f migration.yaml --beside-code', 'what Terraform and its like must leave alone'],
      ['shiftctl plan -f migration.yaml -o json | jq .clear', 'would start begin?'],
    ],
    exits: [0, 1, 2, 3, 7, 8],
    uses: ['aws', 'heroku', 'policies'],
    see: ['preflight', 'simulate', 'start', 'iam'],
  },
  preflight: {
    isReading: true,
    about:
      'Checks everything a start depends on: permissions, the zone, its records and protections, name servers, both sides, certificates, metrics, clocks, and who is told.',
    writes:
      'Writes nothing. With --prove a weighted TXT record at _shift-test.<host> is written and removed again, whatever the outcome.',
    examples: [
      ['shiftctl preflight -f migration.yaml', 'the checks alone'],
      [
        'shiftctl preflight -f migration.yaml --prove',
        'and that Route 53 refuses a stale write in this zone',
      ],
    ],
    exits: [0, 1, 2, 3, 7, 8],
    uses: ['aws', 'heroku', 'policies'],
    see: ['plan', 'start', 'iam'],
  },
  simulate: {
    isReading: true,
    about:
      "Tries a policy before it is trusted; the gate that judges is the one that judges a migration. Four ways: on traffic that you give (--rps), on what the source measures now (host or file, nothing else), on the source's past dealt out to two sides with faults planted (--history), and on a migration that has been, as if it had had another policy (--journal). The first two forecast duration, false rollbacks, the harm of a bad target and the time to drain; --history counts how often the gate was wrong and what it finds; --journal shows both courses side by side, and where they part.",
    writes: 'Writes nothing. Reads metrics, a file or the journal.',
    examples: [
      [
        'shiftctl simulate --rps 50 --policy fast',
        'on given traffic: how long, and what a bad target would cost',
      ],
      [
        'shiftctl simulate --rps 50 --degradation +2% --runs 500',
        'the same for one kind of badness, more exactly',
      ],
      ['shiftctl simulate -f migration.yaml', 'on the traffic that the source has now'],
      [
        'shiftctl simulate -f migration.yaml --history --last 7d',
        'on what the metrics of the source say of the last week',
      ],
      [
        'shiftctl simulate --history past.csv --policy fast',
        'on a file with the columns requests and errors, one bucket a row',
      ],
      [
        'shiftctl simulate --journal www.example.com \\\n      --policy cautious',
        'what another policy would have made of a migration',
      ],
    ],
    exits: [0, 1, 2, 3, 7, 8],
    uses: ['policies', 'aws', 'heroku', 'journal'],
    see: ['plan', 'policy show', 'history'],
  },
  start: {
    isReading: false,
    about:
      'Begins a migration: shows the plan, makes every check, asks, proves in the zone that a stale write is refused, and takes over. No traffic moves in that step; the stages follow with the ticks of a daemon, of cron or of --watch.',
    writes:
      'Writes the journal and the break-glass files in the state directory, then the records and markers of these hosts in the zone. Before the answer it writes nothing.',
    examples: [
      ['shiftctl start -f migration.yaml', 'ask, begin, and leave the rest to the daemon'],
      ['shiftctl start -f migration.yaml --watch', 'stay and show it until it has ended'],
      ['shiftctl start -f migration.yaml --yes -o json', 'from a pipeline'],
    ],
    exits: [0, 1, 2, 3, 4, 5, 6, 7, 8],
    uses: ['journal', 'aws', 'heroku', 'policies', 'operator'],
    see: ['plan', 'daemon', 'tick', 'status', 'rollback'],
  },
  tick: {
    isReading: false,
    about:
      'One step of every live migration, or of one: observe, decide, record, act. It may be missed, doubled or late; what is due is computed from the journal. Eight migrations at a time; one that fails or hangs does not stop the others. For cron and other schedulers; once a minute suits the standard policy.',
    writes:
      'Writes what it saw and decided to the journal, and to the zone what is due. What it prints is what happened in this step.',
    examples: [
      ['* * * * * shiftctl --state-dir /var/lib/shift --quiet tick --all', 'a line for crontab'],
      ['shiftctl tick www.example.com --exit-code', 'one migration, its state as the exit code'],
    ],
    exits: [0, 1, 2, 3, 4, 5, 6, 7, 8],
    uses: ['journal', 'aws', 'heroku', 'secrets'],
    see: ['daemon', 'status'],
  },
  daemon: {
    isReading: false,
    about:
      'Drives every live migration of the state directory until it is stopped. On Ctrl-C or SIGTERM running steps end first, and every migration goes on with the next daemon or tick.',
    writes:
      'Writes the journal and, when something is due, the zone; one line on standard output for each event.',
    examples: [
      ['shiftctl daemon', 'until Ctrl-C'],
      ['shiftctl --state-dir /var/lib/shift daemon', 'as a service would run it'],
      ['shiftctl daemon --health 127.0.0.1:9464', 'with GET /healthz for whatever restarts or pages'],
    ],
    exits: [1, 2, 3, 6, 8],
    uses: ['journal', 'aws', 'heroku', 'secrets'],
    see: ['tick', 'status'],
  },
};
