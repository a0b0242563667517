import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchmark } from './benchmark.js';
import { calibrate, type Calibration } from './calibration.js';
import { figuresOf } from './figures.js';
import { fullProfile, quickProfile, type Profile } from './profile.js';
import { headlineOf, promisesOf } from './promises.js';
import { Results } from './summary.js';
import { markdown, plain, tablesOf } from './tables.js';

/**
 * `--quick` is for every change; `--calibrate` searches the rivals' settings again; `--out` is where tables and figures go, which for the
 * full profile is `here`, the folder of the sources. Answers with the exit code: 1 if a promise is broken.
 */
export async function run(args: readonly string[], here: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean' }, calibrate: { type: 'boolean' }, out: { type: 'string' } },
  });
  const settingsPath = join(here, 'settings.json');
  if (values.calibrate === true) {
    const found = await calibrate((text) => process.stderr.write(`${text}\n`));
    writeFileSync(settingsPath, `${JSON.stringify(found, null, 2)}\n`);
    return 0;
  }
  const profile = values.quick === true ? quickProfile : fullProfile;
  const calibration = JSON.parse(readFileSync(settingsPath, 'utf8')) as Calibration;
  const results = new Results(await benchmark(profile, calibration));
  const out = values.out ?? (profile.name === 'full' ? here : null);
  if (out !== null) write(out, results, profile);
  return report(results, profile);
}

function report(results: Results, profile: Profile): number {
  for (const table of tablesOf(results)) console.log(plain(table));
  const promises = promisesOf(results, profile);
  for (const { text, isKept } of promises) console.log(`${isKept ? 'kept  ' : 'BROKEN'}  ${text}`);
  const { tuned, ratio } = headlineOf(results);
  console.log(`tuned: ${tuned.toFixed(2)}`);
  console.log(`ratio: ${ratio.toFixed(2)}`);
  return promises.every(({ isKept }) => isKept) ? 0 : 1;
}

function write(out: string, results: Results, profile: Profile): void {
  mkdirSync(join(out, 'figures'), { recursive: true });
  const promises = promisesOf(results, profile).map(
    ({ text, isKept }) => `- ${isKept ? 'kept' : 'BROKEN'}: ${text}`,
  );
  const text = [
    '# Harm of bad migrations, and false rollbacks of sound ones',
    '',
    `Written by \`npm run bench:harm\` (${profile.name} profile). The rivals are their documented rules, implemented again and fed with the same late buckets on the same ramp; they are not the tools themselves.`,
    '',
    ...promises,
    '',
    ...tablesOf(results).map(markdown),
  ];
  writeFileSync(join(out, 'results.md'), text.join('\n'));
  for (const [name, svg] of Object.entries(figuresOf(results)))
    writeFileSync(join(out, 'figures', name), svg);
}
