import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { storeContract } from '../contract/store.contract.js';

const parent = mkdtempSync(join(tmpdir(), 'shift-store-'));
afterAll(() => rmSync(parent, { recursive: true }));

let opened = 0;
storeContract('the journal in SQLite', () => {
  opened += 1;
  return openSqliteStore({ directory: join(parent, `state-${opened}`) });
});
