import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PromptShell, shellInit } from '../../../src/cli/shell-init.js';

/** Prints its arguments and exits with SHIFTCTL_EXIT; asked for `shell-init`, it prints the text under test. */
const fakeShiftctl = `#!/bin/sh
if [ "$1" = shell-init ]; then exec cat "$HOME/$2.init"; fi
printf 'shiftctl:'
for word in "$@"; do printf ' <%s>' "$word"; done
echo
exit "\${SHIFTCTL_EXIT:-0}"
`;

const deadlineMs = 10_000;
const outputLimitBytes = 200_000;

/** What a shell wrote before it ended. */
export interface Transcript {
  readonly stdout: string;
  readonly stderr: string;
}

/** A home directory with a fake `shiftctl` on its PATH, and an rc file for bash and for zsh. */
export class ShellHome {
  readonly path: string = mkdtempSync(join(tmpdir(), 'shift-shell-'));

  constructor() {
    mkdirSync(join(this.path, 'bin'));
    this.write('bin/shiftctl', fakeShiftctl);
    chmodSync(join(this.path, 'bin/shiftctl'), 0o755);
    this.write('bash.init', shellInit('bash'));
    this.write('zsh.init', shellInit('zsh'));
    this.rc({});
  }

  /** Writes a file of this home. */
  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  /** Writes both rc files: the line users put there, with other lines before and after it. */
  rc({ before = '', after = '' }: { readonly before?: string; readonly after?: string }): void {
    const rc = (shell: PromptShell): string =>
      `${before}\neval "$(shiftctl shell-init ${shell})"\n${after}\n`;
    this.write('.bashrc', `PS1='ready> '\n${rc('bash')}`);
    this.write('.zshrc', `PS1='ready> '\nunsetopt promptsp\n${rc('zsh')}`);
  }

  /** Runs a shell to its end with `input` on its standard input; throws when it hangs or writes without end. */
  async run(command: string, args: readonly string[], input = ''): Promise<Transcript> {
    const shell = new Running(this, command, args);
    shell.type(input);
    shell.endInput();
    return shell.ended;
  }

  /** The same on a pseudo-terminal: each piece is typed once the shell has shown its prompt that many times. */
  async typeAtTerminal(commandLine: string, pieces: readonly string[]): Promise<Transcript> {
    const terminal = new Running(this, 'script', ['-qec', commandLine, '/dev/null']);
    for (const [index, piece] of pieces.entries()) {
      await terminal.shows(new RegExp(`(ready> [^]*?){${index + 1}}`));
      terminal.type(piece);
    }
    return terminal.ended;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/**
 * A shell process. It leads a session of its own, so that an interactive shell cannot take the terminal of whoever runs the
 * tests, and everything it started ends with it.
 */
class Running {
  readonly ended: Promise<Transcript>;
  readonly #child: ReturnType<typeof spawn>;
  readonly #out: Buffer[] = [];
  readonly #err: Buffer[] = [];
  #over = false;

  constructor(home: ShellHome, command: string, args: readonly string[]) {
    this.#child = spawn(command, args, {
      cwd: home.path,
      detached: true,
      env: {
        HOME: home.path,
        ZDOTDIR: home.path,
        ENV: join(home.path, '.bashrc'),
        PATH: `${join(home.path, 'bin')}:${process.env['PATH'] ?? ''}`,
        TERM: 'dumb',
        LC_ALL: 'C',
      },
    });
    this.ended = new Promise((resolve, reject) => {
      const giveUp = (why: string): void => {
        if (!this.#over && this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
        this.#over = true;
        reject(new Error(`${command} ${why}; its last output: ${this.#text(this.#out).slice(-300)}`));
      };
      const deadline = setTimeout(() => giveUp(`did not end within ${deadlineMs} ms`), deadlineMs);
      let received = 0;
      const collect = (into: Buffer[]) => (chunk: Buffer) => {
        into.push(chunk);
        received += chunk.length;
        if (received > outputLimitBytes) giveUp(`wrote more than ${outputLimitBytes} bytes`);
      };
      this.#child.stdout?.on('data', collect(this.#out));
      this.#child.stderr?.on('data', collect(this.#err));
      this.#child.stdin?.on('error', () => undefined); // A shell may exit before it has read all of its input.
      this.#child.on('error', reject);
      this.#child.on('close', () => {
        clearTimeout(deadline);
        this.#over = true;
        resolve({ stdout: this.#text(this.#out), stderr: this.#text(this.#err) });
      });
    });
    this.ended.catch(() => undefined); // Whoever awaits it later still sees the failure.
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  /** Resolves once the output matches; rejects when the shell ends or hangs first. */
  async shows(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#text(this.#out))) {
      if (this.#over) {
        await this.ended;
        throw new Error(`the shell ended without showing ${String(pattern)}: ${this.#text(this.#out)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #text(chunks: readonly Buffer[]): string {
    return Buffer.concat(chunks).toString('utf8');
  }
}

/** Whether a program answers `--version` on this machine. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}
