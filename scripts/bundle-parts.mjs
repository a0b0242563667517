// Makes parts of the compiled program and its packages: whatever is loaded together is one part, so that a verb runs only what it needs.
import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { build, transform } from 'esbuild';
import { latecomers } from './bundle-latecomers.mjs';
import { sqlite } from './bundle-sqlite.mjs';

/** In a bundle `import.meta.url` would name the bundle; our modules mean their own place below dist. */
export function ownPlaces(dist, folderUrl) {
  return {
    name: 'own-places',
    setup({ onLoad }) {
      onLoad({ filter: /\/dist\/.*\.js$/ }, async ({ path }) => {
        if (!path.startsWith(dist)) return undefined;
        const text = await readFile(path, 'utf8');
        if (!text.includes('import.meta.url')) return undefined;
        const url = `new URL(${JSON.stringify(relative(dist, path))},${folderUrl}).href`;
        return {
          contents: text.replaceAll('import.meta.url', `(${url})`),
          loader: 'js',
          resolveDir: dirname(path),
        };
      });
    },
  };
}

/**
 * The parts by name, each the body of a CommonJS file, and the licences of what they hold. `load` and `bundleUrl` are free names in them.
 * The program begins with `./main.js`.
 */
export async function makeParts(dist, target) {
  const { outputFiles, metafile } = await build({
    entryPoints: [resolve(dist, 'main.js')],
    outdir: dist,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target,
    // The modules for CommonJS are what their packages' own tests run in Node.js.
    mainFields: ['main', 'module'],
    // This one as the modules that it is made of, so that only what src/adapters/route53/sdk.ts names comes with it.
    alias: { '@aws-sdk/client-route-53': '@aws-sdk/client-route-53/dist-es/index.js' },
    minify: true,
    legalComments: 'external',
    // Packages that ask where they are get the bundle's own place, which they need only for files that nothing here asks of them.
    define: { 'import.meta.url': 'bundleUrl' },
    plugins: [ownPlaces(dist, 'bundleUrl'), ...latecomers, sqlite()],
    logLevel: 'warning',
  });
  const licences = outputFiles.filter(({ path }) => path.endsWith('.LEGAL.txt')).map(({ text }) => text);
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const parts = new Map();
  for (const { path, text } of outputFiles) {
    if (!path.endsWith('.js')) continue;
    const output = outputs.get(basename(path));
    const isCommonJs = metafile.inputs[output.entryPoint]?.format === 'cjs';
    parts.set(`./${basename(path)}`, await asFunctionBody(text, output, isCommonJs, target));
  }
  return { parts, licences: [...new Set(licences)].join('\n') };
}

/** A bundle file, which evaluates to what `Bundle` in src/bundle.ts reads. */
export function bundleText(parts) {
  const members = [...parts].map(
    ([name, body]) => `${JSON.stringify(name)}:function(exports,require,module){${body}}`,
  );
  return `(function(load,bundleUrl,__filename,__dirname){return{${members.join(',\n')}}})`;
}

async function asFunctionBody(text, { imports }, isCommonJs, target) {
  const loads = imports.filter(({ kind, external }) => kind === 'dynamic-import' && !external);
  let found = 0;
  const code = text.replaceAll(/\bimport\((?="\.\/[\w-]+\.js"\))/g, () => ((found += 1), 'load('));
  if (found < new Set(loads.map(({ path }) => path)).size)
    throw new Error('a part loads another in a way that is not known here');
  const { code: body } = await transform(code, {
    format: 'cjs',
    platform: 'node',
    target,
    supported: { 'dynamic-import': false },
    minify: true,
    legalComments: 'none',
  });
  // As Node.js does it: who imports a CommonJS module finds what it exports, and the whole as the default.
  const namespace =
    'module.exports=Object.create(module.exports.default,{default:{value:module.exports.default}});';
  return isCommonJs ? `${body.trim()}\n${namespace}` : body.trim();
}
