// Makes two files of the compiled program and its packages, so that a verb that is typed in a hurry does not read hundreds of files: one with
// the parts that a rollback runs until Route 53 has accepted it, one with all others. Then keeps what V8 compiled for them, see warm-up.mjs.
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleText, makeParts, ownPlaces } from './bundle-parts.mjs';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const target = 'node20.12';

const { parts, licences } = await makeParts(dist, target);

// V8 knows a text that it compiled before by its length alone.
for (const file of ['bundle', 'bundle-rest']) rmSync(resolve(dist, `${file}.cache`), { force: true });
write(new Set(parts.keys()));
writeFileSync(resolve(dist, 'bundle.cjs.LEGAL.txt'), licences);

// As CommonJS the start itself is quicker, too.
await build({
  entryPoints: [resolve(dist, 'bin.js')],
  outfile: resolve(dist, 'bin.cjs'),
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target,
  minifySyntax: true,
  plugins: [ownPlaces(dist, "require('node:url').pathToFileURL(__filename)")],
  logLevel: 'warning',
});
chmodSync(resolve(dist, 'bin.cjs'), 0o755);

const asked = warmUp('ask');
if (asked !== null) {
  write(new Set(JSON.parse(asked)));
  if (warmUp('compile') === null)
    console.error('bundle: no code cache was made; every command starts a little later');
} else console.error('bundle: a rollback could not be tried; every command starts later');

/** The files, the first with these parts. */
function write(first) {
  const isFirst = ([name]) => first.has(name);
  writeFileSync(resolve(dist, 'bundle.cjs'), bundleText([...parts].filter(isFirst)));
  writeFileSync(resolve(dist, 'bundle-rest.cjs'), bundleText([...parts].filter((part) => !isFirst(part))));
}

/** What warm-up.mjs says, or null when it failed. */
function warmUp(what) {
  const script = fileURLToPath(new URL('warm-up.mjs', import.meta.url));
  const { status, output } = spawnSync(process.execPath, [script, what], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    timeout: 60_000,
  });
  return status === 0 ? String(output[3]) : null;
}
