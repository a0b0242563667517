// The JavaScript of better-sqlite3 inside the bundle. Its native module stays where npm has put it; where that is of another version, as
// with a Node.js that needs one, the package itself is loaded.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const native = ['build', 'Release', 'better_sqlite3.node'];

/** Leaves the package outside where it was not compiled on this machine, because then it finds its native module in another way. */
export function sqlite() {
  const manifest = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
  const folder = dirname(manifest);
  const { version, main } = JSON.parse(readFileSync(manifest, 'utf8'));
  const isCompiled = existsSync(join(folder, ...native));
  return {
    name: 'sqlite',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^better-sqlite3$/ }, ({ path, namespace }) =>
        isCompiled && namespace !== 'sqlite'
          ? { path: 'either', namespace: 'sqlite' }
          : { path, external: true },
      );
      onResolve({ filter: /^bindings$/ }, ({ importer }) =>
        importer.startsWith(folder) ? { path: 'bindings', namespace: 'sqlite' } : undefined,
      );
      onResolve({ filter: /^better-sqlite3:native$/ }, () => ({ path: 'native', namespace: 'sqlite' }));
      onResolve({ filter: /^better-sqlite3:inside$/ }, () => ({ path: join(folder, main) }));
      onResolve({ filter: /^node:/, namespace: 'sqlite' }, ({ path }) => ({ path, external: true }));
      const load = (filter, contents) =>
        onLoad({ filter, namespace: 'sqlite' }, () => ({ contents, resolveDir: folder }));
      load(
        /^either$/,
        `module.exports = require('better-sqlite3:native') === null ? require('better-sqlite3') : require('better-sqlite3:inside');`,
      );
      load(
        /^bindings$/,
        `const addon = { exports: {} };
         process.dlopen(addon, require('better-sqlite3:native'));
         module.exports = () => addon.exports;`,
      );
      load(/^native$/, nativeFile(version));
    },
  };
}

/** Looks where Node.js would look for the package: the path of its native module, or null when it is not of this version. */
function nativeFile(version) {
  return `
    const { existsSync, readFileSync } = require('node:fs');
    const { dirname, join } = require('node:path');
    function find(directory) {
      const folder = join(directory, 'node_modules', 'better-sqlite3');
      const manifest = join(folder, 'package.json');
      if (existsSync(manifest)) {
        const file = join(folder, ${native.map((name) => JSON.stringify(name)).join(', ')});
        return JSON.parse(readFileSync(manifest, 'utf8')).version === ${JSON.stringify(version)} && existsSync(file) ? file : null;
      }
      return dirname(directory) === directory ? null : find(dirname(directory));
    }
    module.exports = find(__dirname);`;
}
