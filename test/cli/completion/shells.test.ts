import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { completionScript } from '../../../src/cli/completion/completion-script.js';
import { isInstalled, ShellHome } from '../shells/prompt-shell.js';

/** Answers a tab from a fixed list as the program would, keeps what it was asked, and otherwise prints its arguments. */
const fakeShiftctl = `#!/bin/sh
if [ "$1" = __complete ]; then
  shift 2
  for word; do printf '<%s>' "$word" >> "$HOME/asked"; done
  echo >> "$HOME/asked"
  for word; do :; done
  printf '%s\\t%s\\n' status 'where it is' rollback 'all back' www.example.com live heroku: app aws: 'a balancer' | grep "^$word"
  case $word in mig*) echo :files ;; esac
  exit 0
fi
printf 'shiftctl:'
for word; do printf ' <%s>' "$word"; done
echo
`;

let home: ShellHome;

beforeEach(() => {
  home = new ShellHome();
  home.write('bin/shiftctl', fakeShiftctl);
  for (const shell of ['bash', 'zsh', 'fish'] as const)
    home.write(`${shell}.completion`, completionScript(shell));
});

afterEach(() => home[Symbol.dispose]());

/** Types one line at a prompt of a real shell on a pseudo-terminal and gives what the program was called with. */
async function lineAt(shell: 'bash' | 'zsh', line: string): Promise<string[]> {
  home.write('.bashrc', `PS1='ready> '\n. "$HOME/bash.completion"\n`);
  home.write(
    '.zshrc',
    `PS1='ready> '\nunsetopt promptsp\nautoload -Uz compinit && compinit -u -d "$HOME/.zcompdump"\n. "$HOME/zsh.completion"\n`,
  );
  const { stdout } = await home.typeAtTerminal(`${shell} -i`, [`${line}\n`, 'exit\n']);
  return stdout.split(/\r?\n/).flatMap((text) => /(shiftctl: <.*>)/.exec(text)?.[1] ?? []);
}

const lines: readonly (readonly [typed: string, arrives: string])[] = [
  ['shiftctl sta\t', '<status>'],
  ['shiftctl rollback ww\t', '<rollback> <www.example.com>'],
  ['shiftctl plan --from her\tshop', '<plan> <--from> <heroku:shop>'],
  ['shiftctl plan -f mig\t', '<plan> <-f> <migration.yaml>'],
];

describe.each(['bash', 'zsh'] as const)('completion in %s', (shell) => {
  test.each(lines)('%j', async (typed, arrives) => {
    if (!isInstalled(shell) || !isInstalled('script')) return;
    home.write('migration.yaml', '');
    expect(await lineAt(shell, typed)).toEqual([`shiftctl: ${arrives}`]);
  });
});

test('bash asks with whole words, which it breaks at colons itself', async ({ skip }) => {
  skip(!isInstalled('bash') || !isInstalled('script'), 'bash or script is not installed');
  await lineAt('bash', 'shiftctl plan www.example.com --from heroku:shop --to aw\tx');
  expect(readFileSync(join(home.path, 'asked'), 'utf8').trim()).toBe(
    '<plan><www.example.com><--from><heroku:shop><--to><aw>',
  );
});

test('bash completes with letters in IFS, with unset variables forbidden, and under its posix mode', async ({
  skip,
}) => {
  skip(!isInstalled('bash'), 'bash is not installed');
  const script = `. ./bash.completion; IFS=hits; set -u
COMP_LINE='shiftctl sta'; COMP_POINT=\${#COMP_LINE}; __shiftctl_complete; echo "reply: \${COMPREPLY[*]}"
COMP_LINE='shiftctl '; COMP_POINT=9; __shiftctl_complete; echo "replies: \${#COMPREPLY[@]}"`;
  const { stdout } = await home.run('bash', ['-c', script]);
  expect(stdout).toBe('reply: status\nreplies: 5\n');
});

test('fish completes', async ({ skip }) => {
  skip(!isInstalled('fish'), 'fish is not installed');
  home.write('migration.yaml', '');
  const { stdout } = await home.run('fish', [
    '--no-config',
    '-c',
    'source fish.completion; complete -C "shiftctl sta"; complete -C "shiftctl plan -f mig"; complete -C "shiftctl rollback www"',
  ]);
  expect(stdout.trim().split('\n')).toEqual([
    'status\twhere it is',
    expect.stringMatching(/^migration\.yaml/),
    'www.example.com\tlive',
  ]);
});

test.each(['bash', 'zsh', 'fish'] as const)(
  'the text for %s has no fault that the shell itself finds',
  async (shell) => {
    if (!isInstalled(shell)) return;
    const { stdout, stderr } = await home.run(shell, ['-n', `${shell}.completion`]);
    expect(stdout + stderr).toBe('');
  },
);
