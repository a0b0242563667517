#!/usr/bin/env node
/**
 * Both commands start here: one bundled file, run from the code that V8 compiled for it when it was built, which takes a fraction of the
 * time that reading hundreds of modules takes. A cache that another version of Node.js made is refused by V8 and costs only its gain.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';

const bundlePath = fileURLToPath(new URL('bundle.cjs', import.meta.url));
const cachePath = fileURLToPath(new URL('bundle.cache', import.meta.url));

/** What the bundle is: the function that Node.js would make of a CommonJS file. */
type CommonJsFile = (
  exports: object,
  require: NodeJS.Require,
  module: object,
  path: string,
  directory: string,
) => void;

// The bundle is ASCII, and a Latin-1 text is a third of the work of a UTF-8 one.
const script = new Script(readFileSync(bundlePath, 'latin1'), {
  filename: bundlePath,
  ...(existsSync(cachePath) ? { cachedData: readFileSync(cachePath) } : {}),
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
const module = { exports: {} };
const run = script.runInThisContext() as CommonJsFile;
run(module.exports, createRequire(bundlePath), module, bundlePath, dirname(bundlePath));
