import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src', import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

/** Layer of a path below src: the folder, or the file for those that stand alone. */
function layerOf(path: string): string {
  if (path.startsWith('cli/commands/lab') || path.startsWith('cli/commands/demo')) return 'cli/lab';
  const [first = ''] = path.split('/');
  return first.replace(/\.ts$/, '');
}

/**
 * Who may import whom. `types:x` allows `import type` only: the command line names the engine's shapes, but reaches its
 * functions through `compose`.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  config: ['core', 'config'],
  engine: ['core', 'engine'],
  adapters: ['core', 'types:engine', 'adapters'],
  store: ['core', 'types:engine', 'store'],
  daemon: ['core', 'engine', 'daemon'],
  compose: ['core', 'config', 'engine', 'adapters', 'store', 'daemon', 'compose'],
  cli: ['core', 'config', 'compose', 'cli', 'cli/lab', 'types:engine'],
  'cli/lab': ['core', 'config', 'compose', 'cli', 'cli/lab', 'types:engine', 'lab'],
  lab: ['lab'],
  main: ['cli'],
  bin: ['bundle'],
  bundle: [],
};

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.ts$/.test(file) && !file.endsWith('.d.ts'),
);
const imports = files.flatMap((file) => importsOf(file));

describe('the architecture', () => {
  test.each(files)('%s imports only what its layer may', (file) => {
    const layer = layerOf(file);
    const rules = allowed[layer];
    expect(rules, `src/${file} is in no known layer`).toBeDefined();
    const wrong = imports.filter((found) => found.from === file && found.to.startsWith('src/'));
    const broken = wrong.filter(({ to, typeOnly }) => {
      const target = layerOf(to.slice('src/'.length));
      return !((rules ?? []).includes(target) || (typeOnly && (rules ?? []).includes(`types:${target}`)));
    });
    expect(broken).toEqual([]);
  });

  test('the core touches no package and no part of Node, but for yaml and zod in core/policy', () => {
    const foreign = imports.filter(({ from, to }) => from.startsWith('core/') && !to.startsWith('src/'));
    const unexpected = foreign.filter(
      ({ from, to }) => !(from.startsWith('core/policy/') && (to === 'yaml' || to === 'zod')),
    );
    expect(unexpected).toEqual([]);
  });

  test('yaml and zod are never loaded by the engine, so a rollback does not pay for them', () => {
    const reached = reachableFrom('engine/migrations.ts');
    const packages = imports
      .filter(({ from, typeOnly }) => reached.has(from) && !typeOnly)
      .map(({ to }) => to);
    expect(packages).not.toContain('yaml');
    expect(packages).not.toContain('zod');
  });

  test('no import goes round in a circle', () => {
    expect(findCycle()).toEqual([]);
  });

  test('the heavy packages are imported only where a command asks for them', () => {
    const heavy = [
      'undici',
      'zod',
      'yaml',
      '@aws-sdk/client-cloudwatch',
      '@aws-sdk/client-route-53',
      'better-sqlite3',
      'heroku-client',
    ];
    const reached = reachableFrom('main.ts');
    const eager = imports.filter(
      ({ from, to, typeOnly, dynamic }) => reached.has(from) && heavy.includes(to) && !typeOnly && !dynamic,
    );
    expect(eager).toEqual([]);
  });
});

function importsOf(file: string): Import[] {
  const path = join(root, file);
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, dynamic: boolean): void => {
    const to = specifier.startsWith('.')
      ? `src/${relative(root, resolve(dirname(path), specifier)).replace(/\.js$/, '.ts')}`
      : specifier;
    found.push({ from: file, to, typeOnly, dynamic });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node.moduleSpecifier.text, isTypeOnly(node.importClause), false);
    }
    if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      add(node.moduleSpecifier.text, node.isTypeOnly, false);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) add(argument.text, false, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

/** Files that are loaded when `start` is, without the ones a dynamic import would bring later. */
function reachableFrom(start: string): Set<string> {
  const reached = new Set([start]);
  const queue = [start];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const { from, to, typeOnly, dynamic } of imports) {
      const next = to.replace(/^src\//, '');
      if (from !== file || typeOnly || dynamic || !to.startsWith('src/') || reached.has(next)) continue;
      reached.add(next);
      queue.push(next);
    }
  }
  return reached;
}

function findCycle(): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const walk = (file: string, path: readonly string[]): string[] => {
    if (state.get(file) === 'done') return [];
    if (state.get(file) === 'open') return [...path.slice(path.indexOf(file)), file];
    state.set(file, 'open');
    for (const { from, to } of imports) {
      if (from !== file || !to.startsWith('src/')) continue;
      const cycle = walk(to.slice('src/'.length), [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    state.set(file, 'done');
    return [];
  };
  for (const file of files) {
    const cycle = walk(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
