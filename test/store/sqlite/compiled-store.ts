import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../../..');

/**
 * Writes the store as plain JavaScript below `directory`, so that real processes can run it, and returns the path of the
 * module with `openSqliteStore`.
 */
export function compileStore(directory: string): string {
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  const written = new Set<string>();
  compile(join(root, 'src/store/sqlite/open.ts'), directory, written);
  return join(directory, 'src/store/sqlite/open.js');
}

function compile(source: string, directory: string, written: Set<string>): void {
  if (written.has(source)) return;
  written.add(source);
  const { outputText } = ts.transpileModule(readFileSync(source, 'utf8'), {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  });
  const output = join(directory, relative(root, source)).replace(/\.ts$/, '.js');
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, outputText);
  for (const [, specifier = ''] of outputText.matchAll(/from '(\.[^']+)\.js'/g))
    compile(join(dirname(source), `${specifier}.ts`), directory, written);
}
