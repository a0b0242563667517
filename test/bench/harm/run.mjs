/**
 * Compiles the benchmark and the product's gate out of the sources and runs it: `npm run bench:harm -- [--quick | --calibrate]`.
 * What it compiles to stays below node_modules, where nothing packs, lints or tests it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = new URL('.', import.meta.url);
const out = new URL('../../../node_modules/.cache/bench-harm/', here);
mkdirSync(out, { recursive: true });
// Below node_modules Node.js does not look further up for the kind of module.
writeFileSync(new URL('package.json', out), '{ "type": "module" }\n');
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const project = fileURLToPath(new URL('tsconfig.json', here));
const { status } = spawnSync(process.execPath, [compiler, '-p', project, '--outDir', fileURLToPath(out)], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
const { run } = await import(new URL('test/bench/harm/main.js', out).href);
process.exitCode = await run(process.argv.slice(2), fileURLToPath(here));
