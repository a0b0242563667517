import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { completed } from '../../core/report/journeys.js';
import { keepJournal } from '../kept-journal.js';
import { isObserving, Journey } from '../render/journey.js';
import { typed } from '../screen.js';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shift-complete-'));
});

afterEach(() => rm(directory, { recursive: true }));

/** The words that a tab offers, asked for as the scripts for the shells do it. */
async function offered(line: string, env: Record<string, string> = {}): Promise<readonly string[]> {
  const args = ['__complete', '--', ...line.split(' ')];
  const variables = { HOME: directory, SHIFT_STATE_DIR: directory, ...env };
  const { code, out, err } = await typed(args, { env: variables });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out
    .split('\n')
    .flatMap((said) => said.split('\t')[0] ?? [])
    .filter((word) => word !== '');
}

test('hosts, ids and stages come from the journal', async () => {
  await keepJournal(directory, new Journey().until(isObserving(25)).events);
  expect(await offered('rollback www')).toEqual(['www.shop.test', 'www-shop-test-7c1f0a']);
  expect(await offered('approve --stage ')).toEqual(['10', '25', '50', '100']);
  expect(await offered('status www.shop.test --why --stage 5')).toEqual(['50']);
  expect(await offered('status www-shop-test-7c1f0a --why --stage 5')).toEqual(['50']);
});

test('of an ended migration the id is left, and its stages where it is named', async () => {
  await keepJournal(directory, completed().events);
  expect(await offered('report www')).toEqual(['www-shop-test-7c1f0a']);
  expect(await offered('status --stage ')).toEqual([]);
  expect(await offered('status www-shop-test-7c1f0a --stage 2')).toEqual(['25']);
});

test('without a journal, and with settings that are wrong, a tab is silent', async () => {
  expect(await offered('rollback ', { SHIFT_STATE_DIR: '/nowhere', SHIFT_DNS_PORT: 'x' })).toEqual([]);
  expect(await offered('approve --stage ', { SHIFT_STATE_DIR: '/nowhere' })).toEqual([]);
  expect(await offered('plan --policy sta', { SHIFT_CONFIG: '/nowhere/config.yaml' })).toEqual([
    'standard',
    ':files',
  ]);
});

test('scenarios of the lab', async () => {
  expect(await offered('demo --scenario target-e')).toEqual(['target-errors']);
});
