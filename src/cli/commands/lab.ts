import { fileURLToPath } from 'node:url';
import { AddressesMissingError, SubnetTakenError } from '../../lab/claim.js';
import { shellEnvironment, type Shell } from '../../lab/environment.js';
import { startLab, type Lab } from '../../lab/lab.js';
import type { Direction, LabOptions } from '../../lab/lab-options.js';
import { findRunningLab, writeRunFile } from '../../lab/run-directory.js';
import type { ScenarioName } from '../../lab/scenario-name.js';
import { isScenarioName, scenarios } from '../../lab/scenario.js';
import type { CommandContext } from '../command-context.js';
import { CommandFailure, invalidArgument } from '../command-failure.js';
import { exitCode } from '../exit-code.js';

/** The built entry point, which the lab's own commands run. */
export const mainPath: string = fileURLToPath(new URL('../../bin.cjs', import.meta.url));

/** A lab, or the refusal that says how to make its addresses exist. */
export async function openLab(options: LabOptions): Promise<Lab> {
  try {
    return await startLab(options);
  } catch (error) {
    if (error instanceof AddressesMissingError) {
      const fix = `type these lines, then try again:\n${error.commands.join('\n')}`;
      throw new CommandFailure({ reason: 'refused', check: 'lab', message: error.message, fix });
    }
    if (error instanceof SubnetTakenError) {
      throw new CommandFailure({
        reason: 'refused',
        check: 'lab',
        message: error.message,
        fix: 'stop the program that listens there',
      });
    }
    throw error;
  }
}

/** Every scenario and what goes wrong in it. */
export function labScenarios(): readonly (readonly [name: string, summary: string])[] {
  return Object.entries(scenarios).map(([name, { summary }]) => [name, summary]);
}

/** The scenario a person named. */
export function scenarioOf(typed: string): ScenarioName {
  if (isScenarioName(typed)) return typed;
  throw invalidArgument(
    '--scenario',
    `"${typed}" is not a scenario; take one of ${Object.keys(scenarios).join(', ')}`,
  );
}

/** What `start` has to be told in this lab. */
export function startArguments(lab: Lab): string[] {
  return ['start', lab.host, '--from', lab.source.endpoint, '--to', lab.target.endpoint, '--policy', 'lab'];
}

/** Serves the lab until a signal comes. */
export async function runLab(
  { terminal, signal }: CommandContext,
  options: { scenario: string; direction: string; seed?: string },
): Promise<number> {
  const scenario = scenarioOf(options.scenario);
  const seed = options.seed === undefined ? {} : { seed: options.seed };
  await using lab = await openLab({ scenario, direction: options.direction as Direction, ...seed });
  await writeRunFile({ lab, mainPath });
  terminal.out(`LAB ${lab.id}: ${scenario}. ${scenarios[scenario].summary}`);
  terminal.out(
    `${lab.host} points at ${lab.source.endpoint}; name servers ${lab.nameServers.map((server) => `${server.host}:${server.port}`).join(', ')}`,
  );
  terminal.out('In a second terminal:');
  terminal.out('  eval "$(shiftctl lab env)"        (from a checkout: eval "$(npx shiftctl lab env)")');
  terminal.out(`  shiftctl ${startArguments(lab).join(' ')} --watch`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return exitCode.done;
}

/** Prints the settings of the running lab for a second terminal. */
export async function printLabEnvironment(
  { terminal }: CommandContext,
  options: { shell: string },
): Promise<number> {
  const shells: readonly string[] = ['bash', 'zsh', 'sh'] satisfies Shell[];
  if (!shells.includes(options.shell))
    throw invalidArgument('--shell', `"${options.shell}" is not known; take bash, zsh or sh`);
  const running = await findRunningLab();
  if (running === undefined) {
    throw new CommandFailure({
      reason: 'refused',
      check: 'lab',
      message: 'no lab is running for this user',
      fix: 'start one in another terminal: shiftctl lab',
    });
  }
  terminal.out(shellEnvironment(running, options.shell as Shell).trimEnd());
  return exitCode.done;
}
