import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shellInit } from '../../src/cli/shell-init.js';
import { ShellHome, isInstalled } from './shells/prompt-shell.js';

const bashCompletion = '/usr/share/bash-completion/bash_completion';
const gitCompletion = '/usr/share/bash-completion/completions/git';

/** Appended to a title, so that a skipped test says why. */
function whyMissing(...programs: readonly string[]): string {
  const missing = programs.filter(
    (program) => !(program.startsWith('/') ? existsSync(program) : isInstalled(program)),
  );
  return missing.length === 0 ? '' : ` (skipped: ${missing.join(' and ')} not installed)`;
}

let home: ShellHome;
beforeEach(() => {
  home = new ShellHome();
});
afterEach(() => home[Symbol.dispose]());

function outputLines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}

/** What an interactive shell prints for the lines typed at its prompt. */
async function typed(command: string, ...lines: readonly string[]): Promise<string[]> {
  const [program = '', ...flags] = command.split(' ');
  const { stdout } = await home.run(program, [...flags, '-i'], `${lines.join('\n')}\n`);
  return outputLines(stdout);
}

/** What a program prints that is not given any input. */
async function ran(program: string, ...args: readonly string[]): Promise<string[]> {
  return outputLines((await home.run(program, args)).stdout);
}

function bashMajor(): number {
  return Number(execFileSync('bash', ['-c', 'echo "${BASH_VERSINFO[0]}"'], { encoding: 'utf8' }));
}

const dropTwo = 'drop_two() { shift 2; echo "left: $*"; }';
const walk = 'walk() { while [ "$#" -gt 0 ]; do echo "at $1"; shift; done; }';

for (const command of ['bash', 'bash --posix', 'zsh']) {
  const missing = whyMissing(command.split(' ')[0] ?? command);

  describe.skipIf(missing !== '')(`shift typed at the prompt of ${command}${missing}`, () => {
    it('runs shiftctl with its arguments as they were typed', async () => {
      expect(
        await typed(
          command,
          'shift start www.example.org',
          "shift pause --why 'a  b' '*'",
          'shift rollback',
          'shift',
        ),
      ).toEqual([
        'shiftctl: <start> <www.example.org>',
        'shiftctl: <pause> <--why> <a  b> <*>',
        'shiftctl: <rollback>',
        'shiftctl:',
      ]);
    });

    it('passes the exit code through, in conditions and lists too', async () => {
      expect(
        await typed(
          command,
          'SHIFTCTL_EXIT=4 shift status; echo "code $?"',
          'if shift status; then echo yes; fi',
          'if SHIFTCTL_EXIT=5 shift status; then echo yes; else echo "no $?"; fi',
          'shift one && shift two || echo never',
          'SHIFTCTL_EXIT=6 shift one || echo "other $?"',
          '! SHIFTCTL_EXIT=7 shift not && echo negated',
        ),
      ).toEqual([
        'shiftctl: <status>',
        'code 4',
        'shiftctl: <status>',
        'yes',
        'shiftctl: <status>',
        'no 5',
        'shiftctl: <one>',
        'shiftctl: <two>',
        'shiftctl: <one>',
        'other 6',
        'shiftctl: <not>',
        'negated',
      ]);
    });

    it('works in substitutions, pipelines, subshells, groups, loops, eval and the background', async () => {
      expect(
        await typed(
          command,
          'echo "[$(shift status)] [`shift list`] [$(echo "$(shift nested)")]"',
          'shift status | sed s/status/piped/',
          '(shift subshell)',
          '{ shift group; }',
          'for host in a b; do shift loop $host; done',
          "eval 'shift evaluated'",
          'echo "$(eval "(shift deep)")"',
          'shift background & wait',
        ),
      ).toEqual([
        '[shiftctl: <status>] [shiftctl: <list>] [shiftctl: <nested>]',
        'shiftctl: <piped>',
        'shiftctl: <subshell>',
        'shiftctl: <group>',
        'shiftctl: <loop> <a>',
        'shiftctl: <loop> <b>',
        'shiftctl: <evaluated>',
        'shiftctl: <deep>',
        'shiftctl: <background>',
      ]);
    });

    it('works beside set -u', async () => {
      expect(await typed(command, 'set -u', 'shift status')).toEqual(['shiftctl: <status>']);
    });

    it('works again after a function was aborted', async ({ skip }) => {
      skip(command !== 'zsh' && bashMajor() < 5, 'bash before 5.0 does not clean up after it');
      const fails = 'fails() { : "${nothing:?is missing}"; }';
      expect(await typed(command, fails, 'fails', 'shift status')).toEqual(['shiftctl: <status>']);
    });

    it('works after the text was evaluated twice, the second time at the prompt', async () => {
      const again = `eval "$(shiftctl shell-init ${command === 'zsh' ? 'zsh' : 'bash'})"`;
      expect(await typed(command, again, 'shift status', dropTwo, 'drop_two a b c')).toEqual([
        'shiftctl: <status>',
        'left: c',
      ]);
    });
  });

  describe.skipIf(missing !== '')(`the builtin shift of ${command}${missing}`, () => {
    it('serves functions typed at the prompt, however they are called', async () => {
      expect(
        await typed(
          command,
          dropTwo,
          walk,
          'drop_two a b c',
          'echo "$(drop_two a b c)"',
          '(drop_two a b c) | cat',
          "eval 'drop_two a b c'",
          'walk x y',
          'set -u; walk z',
        ),
      ).toEqual(['left: c', 'left: c', 'left: c', 'left: c', 'at x', 'at y', 'at z']);
    });

    it('serves eval, substitutions and subshells inside a function, and one with letters in IFS', async () => {
      expect(
        await typed(
          command,
          'evals() { eval shift; eval "shift"; echo "left: $*"; }',
          'substitutes() { echo "left: $(shift; (shift; echo "$*"))"; }',
          'splits() { local IFS=hits; shift; echo "left: $1"; }',
          'evals a b c',
          'substitutes a b c',
          'splits a b',
        ),
      ).toEqual(['left: c', 'left: c', 'left: b']);
    });

    it('serves the rc file itself and the functions it defines before and after', async () => {
      home.rc({
        before: 'before() { shift; echo "before: $*"; }',
        after: 'after() { shift; echo "after: $*"; }\nset -- 1 2 3\nshift\necho "rc: $*"',
      });
      expect(await typed(command, 'before a b', 'after a b')).toEqual(['rc: 2 3', 'before: b', 'after: b']);
    });

    it('serves sourced files and the functions they define', async () => {
      home.write(
        'lib.sh',
        `shift\necho "sourced: $*"\nset -- p q r s\nshift 2\necho "set: $*"\n${dropTwo}\n`,
      );
      home.write('outer.sh', 'set -- 1 2\n. ./lib.sh\nshift\necho "outer: $*"\n');
      expect(await typed(command, '. ./lib.sh a b c', 'drop_two d e f', '. ./outer.sh')).toEqual([
        'sourced: b c',
        'set: r s',
        'left: f',
        'sourced: 2',
        'set: r s',
        'outer: s',
      ]);
    });

    it('serves scripts and -c strings, also of an interactive shell', async () => {
      const [program = '', ...flags] = command.split(' ');
      home.write('script.sh', `shift\necho "script: $*"\n${walk}\nwalk "$@"\n`);
      const script = ['script: b', 'at b'];
      expect(await typed(command, `${command} script.sh a b`)).toEqual(script);
      expect(await ran(program, ...flags, 'script.sh', 'a', 'b')).toEqual(script);
      expect(await ran(program, ...flags, '-i', 'script.sh', 'a', 'b')).toEqual(script);
      expect(await ran(program, ...flags, '-i', '-c', 'set -- a b\nshift\necho "string: $*"')).toEqual([
        'string: b',
      ]);
    });

    it('serves a function run by a trap', async () => {
      expect(
        await typed(command, dropTwo, "trap 'drop_two a b c' USR1", 'kill -USR1 $$', 'shift status'),
      ).toEqual(['left: c', 'shiftctl: <status>']);
    });

    it('is all there is in a shell that is not interactive', async () => {
      const [program = '', ...flags] = command.split(' ');
      const init = `eval "$(shiftctl shell-init ${program})"`;
      const enable = program === 'bash' ? 'shopt -s expand_aliases' : 'setopt aliases';
      const rest =
        'alias shift || echo "no alias"\necho "${__shift_words-no words}"\nset -- a b\nshift\necho "left: $*"\n';
      const script = `${enable}\n${init}\n${rest}`;
      home.write('enabled.sh', script);
      expect(await ran(program, ...flags, 'enabled.sh')).toEqual(['no alias', 'no words', 'left: b']);
      const piped = await home.run(program, flags, script);
      expect(outputLines(piped.stdout)).toEqual(['no alias', 'no words', 'left: b']);
    });
  });
}

const withoutBash = whyMissing('bash');
describe.skipIf(withoutBash !== '')(`shell-init bash${withoutBash}`, () => {
  it('reaches process substitutions and commands run again from the history', async () => {
    expect(await typed('bash', 'cat <(shift status)', 'shift rollback', "fc -s 'shift rollback'")).toEqual([
      'shiftctl: <status>',
      'shiftctl: <rollback>',
      'shiftctl: <rollback>',
    ]);
  });

  it('leaves PROMPT_COMMAND and DEBUG trap functions the builtin', async () => {
    const hook = 'hook() { shift; [ "$1" = quiet ] || echo "hook: $*"; }';
    expect(await typed('bash', hook, "PROMPT_COMMAND='hook a b'", 'shift status; PROMPT_COMMAND=')).toEqual([
      'hook: b',
      'shiftctl: <status>',
    ]);
    expect(await typed('bash', hook, "trap 'hook a b' DEBUG", 'shift status')).toEqual([
      'hook: b',
      'shiftctl: <status>',
    ]);
  });

  it('leaves a function that is exported to another bash the builtin', async () => {
    expect(await typed('bash', dropTwo, 'export -f drop_two', "bash -uc 'drop_two a b c'")).toEqual([
      'left: c',
    ]);
  });

  it('does nothing in zsh', async ({ skip }) => {
    skip(!isInstalled('zsh'), 'zsh is not installed');
    home.write('zsh.init', shellInit('bash'));
    expect(await typed('zsh', 'alias shift', 'echo "${__shift_words-no words}"')).toEqual(['no words']);
  });

  const withoutGit = whyMissing('git', bashCompletion, gitCompletion);
  describe.skipIf(withoutGit !== '')(`with bash-completion for git${withoutGit}`, () => {
    beforeEach(() => {
      const git = (...args: readonly string[]): unknown =>
        execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
          cwd: home.path,
        });
      git('init', '--quiet', '--initial-branch=main');
      git('commit', '--quiet', '--allow-empty', '--message=first');
      git('branch', 'release-one');
      home.rc({ after: `. ${bashCompletion}\n. ${gitCompletion}` });
    });

    it('completes a branch through functions whose shift was read as the alias', async () => {
      const complete = [
        'declare -f __git_complete_refs | grep -c __shift_words',
        'COMP_WORDS=(git checkout rele); COMP_CWORD=2; COMP_LINE="git checkout rele"; COMP_POINT=${#COMP_LINE}',
        '__git_wrap__git_main; echo "${COMPREPLY[*]}"',
        'shift status',
      ];
      expect(await typed('bash', ...complete)).toEqual(['1', 'release-one ', 'shiftctl: <status>']);
    });

    const withoutScript = whyMissing('script');
    it.skipIf(withoutScript !== '')(
      `completes on TAB at a terminal, where shift is typed next${withoutScript}`,
      async () => {
        const { stdout } = await home.typeAtTerminal('bash -i', [
          'git checkout -q rele\t\n',
          'shift status\n',
          'exit\n',
        ]);
        expect(readFileSync(join(home.path, '.git/HEAD'), 'utf8')).toBe('ref: refs/heads/release-one\n');
        expect(outputLines(stdout)).toContain('shiftctl: <status>');
      },
    );
  });
});

const withoutZsh = whyMissing('zsh');
describe.skipIf(withoutZsh !== '')(`shell-init zsh${withoutZsh}`, () => {
  it('reaches process substitutions', async () => {
    expect(await typed('zsh', 'cat <(shift in)', 'cat =(shift file)', ': > >(shift out); sleep 0.1')).toEqual(
      ['shiftctl: <in>', 'shiftctl: <file>', 'shiftctl: <out>'],
    );
  });

  it.each([
    'setopt KSH_ARRAYS',
    'setopt SH_WORD_SPLIT GLOB_SUBST',
    'setopt KSH_GLOB SH_GLOB',
    'emulate sh',
    'emulate ksh',
  ])('works on both sides under %s', async (options) => {
    expect(
      await typed(
        'zsh',
        options,
        'shift status',
        'echo "[$(shift "*")]"',
        "eval 'shift e'",
        dropTwo,
        'drop_two a b c',
        'IFS=hits',
        'shift split',
      ),
    ).toEqual(['shiftctl: <status>', '[shiftctl: <*>]', 'shiftctl: <e>', 'left: c', 'shiftctl: <split>']);
  });

  it('leaves hooks, traps, anonymous, autoloaded and emulating functions the builtin', async () => {
    home.write('loaded', 'shift; echo "loaded: $*"\n');
    expect(
      await typed(
        'zsh',
        '() { shift; echo "anonymous: $*" } a b',
        'fpath=(. $fpath); autoload loaded; loaded a b; loaded c d',
        'strict() { emulate -L sh; set -u; shift; echo "strict: $*"; }; strict a b',
        'TRAPUSR1() { set -- a b; shift; echo "trap: $*" }; kill -USR1 $$',
        'precmd() { set -- a b; shift; echo "precmd: $*"; unfunction precmd }',
        'shift status',
      ),
    ).toEqual([
      'anonymous: b',
      'loaded: b',
      'loaded: d',
      'strict: b',
      'trap: b',
      'precmd: b',
      'shiftctl: <status>',
    ]);
  });

  it('does nothing in bash', async ({ skip }) => {
    skip(!isInstalled('bash'), 'bash is not installed');
    home.write('bash.init', shellInit('zsh'));
    expect(await typed('bash', 'alias shift || echo none')).toEqual(['none']);
  });

  const withoutScript = whyMissing('script');
  it.skipIf(withoutScript !== '')(
    `works in the line editor of a terminal, completion included${withoutScript}`,
    async () => {
      home.rc({
        after: [
          'words() { set -- one two-words; shift; compadd -- "$@"; }',
          'zle -C words complete-word words; bindkey "^I" words',
        ].join('\n'),
      });
      const { stdout } = await home.typeAtTerminal('zsh -i', ['shift status tw\t\n', 'exit\n']);
      expect(outputLines(stdout)).toContain('shiftctl: <status> <two-words>');
    },
  );
});

describe('the printed text', () => {
  it.each(['bash', 'zsh'] as const)(
    'for %s says what it does and sets nothing but its own names',
    (shell) => {
      const [first = '', ...rest] = shellInit(shell).split('\n');
      expect(first).toMatch(/^# .*shiftctl/);
      const assigned = rest.join('\n').matchAll(/^\s+(?:alias )?(\w+)=/gm);
      expect([...assigned].map(([, name]) => name)).toEqual(
        shell === 'bash' ? ['__shift_words', 'shift'] : ['shift'],
      );
    },
  );
});
