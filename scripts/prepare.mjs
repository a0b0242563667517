// Builds after `npm ci`, so that a fresh checkout has working commands. Where TypeScript is absent (an install
// without dev dependencies) and a build is already there, there is nothing to do.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

function compilerPath() {
  try {
    return require.resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
}

const tsc = compilerPath();
if (tsc === undefined) {
  if (existsSync('dist/bin.cjs')) process.exit(0);
  console.error(
    'prepare: TypeScript is not installed and dist/ does not exist; run `npm ci` with dev dependencies.',
  );
  process.exit(1);
}
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
await import('./bundle.mjs');
await import('./link-bin.mjs');
