// Makes parts of the compiled program and its packages: whatever is loaded together is one part, so that a verb runs only what it needs.
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { webStreamsLater } from './bundle-latecomers.mjs';
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

/** The part that is `src/adapters/route53/sdk.ts` with all that it needs. */
const sdk = { name: 'route53-sdk', module: 'adapters/route53/sdk.js' };

/** Leaves the SDK to a build for itself, so that it does not come with what only other clients use of the packages that they share. */
const ownSdk = {
  name: 'own-sdk',
  setup({ onResolve }) {
    onResolve({ filter: /\/sdk\.js$/ }, ({ path, resolveDir }) =>
      resolve(resolveDir, path).endsWith(`/dist/${sdk.module}`)
        ? { path: `./${sdk.name}.js`, external: true }
        : undefined,
    );
  },
};

/** Leaves what is imported later, as the ways to find credentials are, to another build, and notes it by the name of its part. */
function later(found) {
  return {
    name: 'later',
    setup(builder) {
      builder.onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === 'later') return undefined;
        const resolved = await builder.resolve(path, { kind, importer, resolveDir, pluginData: 'later' });
        if (resolved.external) return undefined;
        const name = `${sdk.name}-${relative(dirname(builder.initialOptions.outdir), resolved.path).replaceAll(/\W+/g, '-')}`;
        found.set(name, resolved.path);
        return { path: `./${name}.js`, external: true };
      });
    },
  };
}

/**
 * The parts by name, each the body of a CommonJS file, and the licences of what they hold. `load` and `bundleUrl` are free names in them.
 * The program begins with `./main.js`.
 */
export async function makeParts(dist, target) {
  const imported = new Map();
  const made = [
    await partsOf({ main: resolve(dist, 'main.js') }, [ownSdk], dist, target),
    await partsOf({ [sdk.name]: resolve(dist, sdk.module) }, [later(imported)], dist, target),
    await partsOf(Object.fromEntries(imported), [], dist, target),
  ];
  return {
    parts: new Map(made.flatMap(({ parts }) => [...parts])),
    licences: [...new Set(made.flatMap(({ licences }) => licences))].join('\n'),
  };
}

async function partsOf(entryPoints, plugins, dist, target) {
  const { outputFiles, metafile } = await build({
    entryPoints,
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
    alias: awsModules(),
    minify: true,
    legalComments: 'external',
    // Packages that ask where they are get the bundle's own place, which they need only for files that nothing here asks of them.
    define: { 'import.meta.url': 'bundleUrl' },
    plugins: [...plugins, ownPlaces(dist, 'bundleUrl'), webStreamsLater, sqlite()],
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
  return { parts, licences };
}

/**
 * The packages of the AWS SDK as the modules that they are made of, so that only what is used of them comes along: of Route 53 what
 * src/adapters/route53/sdk.ts names, of the ways to find credentials the one that this machine's environment asks for.
 */
function awsModules() {
  const folder = fileURLToPath(new URL('../node_modules/', import.meta.url));
  const names = ['@aws-sdk', '@smithy'].flatMap((scope) =>
    readdirSync(join(folder, scope)).map((name) => `${scope}/${name}`),
  );
  const modules = names.map((name) => {
    const { exports, module } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
    return exports === undefined && module !== undefined ? [name, join(folder, name, module)] : null;
  });
  return Object.fromEntries(modules.filter((entry) => entry !== null));
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
