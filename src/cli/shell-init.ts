import { unreachable } from '../core/result.js';

/** A shell whose prompt can be taught the literal `shift`. */
export type PromptShell = 'bash' | 'zsh';

/**
 * What zsh writes between colons into ZSH_EVAL_CONTEXT for code that was typed at the prompt but runs one level down
 * (zsh manual, "Parameters Set By The Shell"). Everything else, such as `shfunc`, `file` or `trap`, is somebody's code.
 */
const typedContexts: readonly string[] = ['cmdsubst', 'equalsubst', 'insubst', 'outsubst', 'eval'];

const purpose = `# Typed at an interactive prompt, shift runs shiftctl: shift start, shift rollback, shift status.
# Functions, sourced files and scripts keep the builtin shift; at the prompt it is still there as: builtin shift
`;

/**
 * The text that `eval "$(shiftctl shell-init bash)"` evaluates in a shell's rc file. It defines an alias named `shift`, and
 * nothing at all in a shell that is not interactive, that runs a script or a `-c` string, or that is the other shell.
 *
 * Aliases are expanded when a function is read, not when it runs, so the alias ends up inside every function that is
 * defined later and uses `shift`, bash-completion's included. Its text is therefore one quoted parameter expansion that
 * decides when it runs: `shiftctl` at the prompt, the word `shift`, and with it the builtin, anywhere else. Quoted, because a
 * function may have letters in IFS.
 */
export function shellInit(shell: PromptShell): string {
  switch (shell) {
    case 'bash':
      return purpose + bashAlias();
    case 'zsh':
      return purpose + zshAlias();
    default:
      return unreachable(shell);
  }
}

/**
 * BASH_LINENO has one element for each function and sourced file being executed, and none at the prompt (bash manual, "Bash
 * Variables"). BASH_SOURCE does not do: in bash 3.2, which macOS ships, it stays empty in a function that was typed at the
 * prompt. The default covers a function exported to a bash that has no such array. `c` in `$-` is a `-c` string.
 *
 * Limits: a command re-run by way of an editor (`fc`) is a sourced file to bash, and bash 3.2 and 4.2 leave an element behind
 * when a function is aborted by an error or Ctrl-C. Then `shift start` is the builtin, which refuses it.
 */
function bashAlias(): string {
  return `if [[ -n \${BASH_VERSION-} && $- == *i* && $- != *c* ]]; then
  __shift_words=(shiftctl)
  alias shift='"\${__shift_words[\${#BASH_LINENO[@]}]-shift}"'
fi
`;
}

/**
 * Removes the typed contexts from ZSH_EVAL_CONTEXT and compares what is left with `toplevel`. It avoids flags, arrays and
 * alternation in patterns, which mean something else under KSH_ARRAYS, KSH_GLOB, SH_GLOB or `emulate sh`. A script that is
 * run with `zsh -i` is at the top level too; ZSH_SCRIPT tells it from a prompt.
 *
 * Limit: a command re-run with `fc` or `r` is a sourced file to zsh 5.9, and its builtin ignores `shift rollback` with exit
 * code 0. Arrow keys and `!!` are typed input.
 */
function zshAlias(): string {
  const rest = typedContexts.reduce((name, context) => `\${${name}//:${context}/}`, 'ZSH_EVAL_CONTEXT');
  return `if [[ -o interactive && -z \${ZSH_SCRIPT-} ]]; then
  alias shift='"\${\${\${${rest}:#toplevel}:+shift}:-shiftctl}"'
fi
`;
}
