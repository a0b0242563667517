import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A path inside a new private directory, where nothing is yet; removed when the test has finished. */
export function stateDirectory(): string {
  const parent = mkdtempSync(join(tmpdir(), 'shift-store-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'state');
}
