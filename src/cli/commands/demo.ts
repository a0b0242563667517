import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Lab } from '../../lab/lab.js';
import { writeRunFile } from '../../lab/run-directory.js';
import { scenarios } from '../../lab/scenario.js';
import type { CommandContext } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { DemoView } from './demo-view.js';
import { mainPath, openLab, scenarioOf, startArguments } from './lab.js';

const redrawEveryMs = 250;

/** A migration begins on a site that is up and running; on a computer that is too busy for that, with what there is. */
const longestArrivalMs = 30_000;

/**
 * A whole migration against a lab of its own. The product runs in a process of its own and reaches the lab only over the wire,
 * with nothing of this terminal's AWS, Heroku or shift settings.
 */
export async function demo(
  context: CommandContext,
  options: { scenario: string; seed?: string },
): Promise<number> {
  const { terminal, signal } = context;
  const scenario = scenarioOf(options.scenario);
  const seed = options.seed === undefined ? {} : { seed: options.seed };
  await using lab = await openLab({ scenario, ...seed });
  terminal.out(`LAB demo, scenario ${scenario}: ${scenarios[scenario].summary}`);
  terminal.out(
    `Moving ${lab.host} from ${lab.source.endpoint} to ${lab.target.endpoint}; ${lab.population?.resolvers ?? 0} users send real requests meanwhile.`,
  );
  terminal.out(
    'Both sides are checked first, which takes a few seconds. To look on from a second terminal: eval "$(npx shiftctl lab env)"; shiftctl status',
  );
  await writeRunFile({ lab, mainPath });
  await lab.clientsArrived(longestArrivalMs);
  if (signal.aborted) return exitCode.interrupted;
  const view = new DemoView(terminal, lab, scenario);
  const child = spawnProduct(lab);
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  const redraw = setInterval(() => view.draw(), redrawEveryMs);
  const code = await follow(child, view, terminal);
  clearInterval(redraw);
  view.end();
  terminal.out('');
  terminal.out('The lab is gone, and its journal with it. To type every command yourself: npx shiftctl lab');
  return code;
}

function spawnProduct(lab: Lab): ChildProcess {
  const passed = ['PATH', 'HOME', 'LANG', 'TZ'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const env = { ...(Object.fromEntries(passed) as Record<string, string>), ...lab.environment() };
  const args = [mainPath, ...startArguments(lab), '--yes', '--watch', '-o', 'json'];
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function follow(child: ChildProcess, view: DemoView, terminal: Terminal): Promise<number> {
  const { stdout, stderr } = child;
  if (stdout !== null) createInterface({ input: stdout }).on('line', (line) => view.take(line));
  if (stderr !== null) createInterface({ input: stderr }).on('line', (line) => terminal.err(line));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve(code ?? exitCode.interrupted));
    child.on('error', (error) => {
      terminal.err(`shiftctl: the product could not be started: ${error.message}`);
      resolve(exitCode.internal);
    });
  });
}
