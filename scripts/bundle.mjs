// Makes one file of the compiled program and its packages, so that a verb that is typed in a hurry does not read hundreds of files.
// Then runs it once and keeps what V8 compiled, see warm-up.mjs.
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

/** In one file `import.meta.url` would name the bundle; our modules mean their own place below dist. */
const ownPlaces = {
  name: 'own-places',
  setup({ onLoad }) {
    onLoad({ filter: /\/dist\/.*\.js$/ }, async ({ path }) => {
      if (!path.startsWith(dist)) return undefined;
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      const place = JSON.stringify(relative(dist, path));
      const url = `require('node:url').pathToFileURL(require('node:path').join(__dirname, ${place})).href`;
      return {
        contents: text.replaceAll('import.meta.url', `(${url})`),
        loader: 'js',
        resolveDir: dirname(path),
      };
    });
  },
};

const common = {
  platform: 'node',
  format: 'cjs',
  target: 'node20.12',
  plugins: [ownPlaces],
  logLevel: 'warning',
};

await build({
  ...common,
  entryPoints: [resolve(dist, 'main.js')],
  outfile: resolve(dist, 'bundle.cjs'),
  bundle: true,
  // A native module finds its binary beside itself.
  external: ['better-sqlite3'],
  // The modules for CommonJS are what their packages' own tests run in Node.js.
  mainFields: ['main', 'module'],
  minify: true,
  legalComments: 'external',
  // The frame that Node.js itself puts around a CommonJS file; bin.js runs the file as a script. Packages that ask where they are get the
  // bundle's own place, which they need only for files that nothing here asks of them.
  banner: {
    js:
      '(function(exports,require,module,__filename,__dirname){' +
      'const bundleUrl=require("node:url").pathToFileURL(__filename).href;',
  },
  define: { 'import.meta.url': 'bundleUrl' },
  footer: { js: '})' },
});

// As CommonJS the start itself is quicker, too.
await build({
  ...common,
  entryPoints: [resolve(dist, 'bin.js')],
  outfile: resolve(dist, 'bin.cjs'),
  bundle: true,
  minifySyntax: true,
});
chmodSync(resolve(dist, 'bin.cjs'), 0o755);

const warmUp = fileURLToPath(new URL('warm-up.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [warmUp], {
  stdio: ['ignore', 'inherit', 'inherit'],
  timeout: 60_000,
});
if (status !== 0) console.error('bundle: no code cache was made; every command starts a little later');
