import { unreachable } from '../../core/result.js';

/** A shell whose prompt can complete the words of this program. */
export type CompletionShell = 'bash' | 'zsh' | 'fish';

export const completionShells: readonly CompletionShell[] = ['bash', 'zsh', 'fish'];

/**
 * The text that a shell evaluates in its rc file. It asks `shiftctl __complete` at every tab, so that it never goes out of date: one line
 * for each candidate, the word and after a tab what it means; a line `:files` where file names fit as well. The name `shift` is
 * completed too, for those who use `shiftctl shell-init`.
 */
export function completionScript(shell: CompletionShell): string {
  switch (shell) {
    case 'bash':
      return bash;
    case 'zsh':
      return zsh;
    case 'fish':
      return fish;
    default:
      return unreachable(shell);
  }
}

/**
 * Splits the line by itself, because bash breaks words at every colon too (COMP_WORDBREAKS), and takes from each candidate what stands
 * before the last colon, because bash replaces only what follows it.
 */
const bash = `# Completes shiftctl at the prompt of bash 3.2 and later.
__shiftctl_complete() {
  local IFS=$' \\t\\n' line=\${COMP_LINE:0:COMP_POINT} word candidate
  local -a words
  read -ra words <<< "$line"
  case $line in *[[:space:]]) words[\${#words[@]}]= ;; esac
  word=\${words[\${#words[@]}-1]}
  local prefix=
  case $word in *:*) prefix=\${word%:*}: ;; esac
  COMPREPLY=()
  while IFS= read -r candidate; do
    candidate=\${candidate%%$'\\t'*}
    case $candidate in
      :files) while IFS= read -r candidate; do COMPREPLY[\${#COMPREPLY[@]}]=$candidate; done < <(compgen -f -- "$word") ;;
      *) COMPREPLY[\${#COMPREPLY[@]}]=\${candidate#"$prefix"} ;;
    esac
  done < <(shiftctl __complete -- "\${words[@]:1}" 2> /dev/null)
  case \${#COMPREPLY[@]}:\${COMPREPLY[0]-} in 1:*:) compopt -o nospace 2> /dev/null ;; esac
}
complete -o filenames -F __shiftctl_complete shiftctl shift
`;

const zsh = `#compdef shiftctl shift
# Completes shiftctl at the prompt of zsh; evaluate it after compinit.
__shiftctl_complete() {
  emulate -L zsh
  local line value files=
  local -a values described sides
  while IFS= read -r line; do
    value=\${line%%$'\\t'*}
    case $value in
      :files) files=1 ;;
      *:) sides+=("$value") ;;
      *) values+=("$value"); described+=("\${line/$'\\t'/  -- }") ;;
    esac
  done < <(shiftctl __complete -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null)
  (( \${#sides} )) && compadd -S '' -- "\${sides[@]}"
  (( \${#values} )) && compadd -l -d described -- "\${values[@]}"
  [[ -n $files ]] && _files
}
(( $+functions[compdef] )) && compdef __shiftctl_complete shiftctl shift
`;

const fish = `# Completes shiftctl at the prompt of fish 3 and later.
function __shiftctl_complete
    set -l tokens (commandline -opc) (commandline -ct)
    set -e tokens[1]
    for line in (shiftctl __complete -- $tokens 2> /dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c shiftctl -f -a '(__shiftctl_complete)'
`;
