import { describe, expect, test } from 'vitest';
import { complete, type CompletionSources } from '../../../src/cli/completion/candidates.js';
import { commandTable } from '../../../src/cli/program.js';
import { processTerminal } from '../../../src/cli/terminal.js';

const asked: (string | null)[] = [];

const sources: CompletionSources = {
  policies: () => ['fast', 'standard'],
  stages: (stateDirectory, host) => {
    asked.push(stateDirectory);
    return Promise.resolve(['10', '50', '100'].map((word) => ({ word, meaning: `of ${host ?? 'any'}` })));
  },
  scenarios: () => Promise.resolve([{ word: 'healthy', meaning: 'all goes well' }]),
  migrations: (stateDirectory) => {
    asked.push(stateDirectory);
    return Promise.resolve([
      { word: 'www.example.com', meaning: 'live' },
      { word: 'www-example-com-7c1f0a', meaning: 'its id' },
    ]);
  },
};

async function at(line: string): Promise<{ words: string[]; hasFiles: boolean }> {
  const program = commandTable(processTerminal(), () => Promise.resolve());
  const { candidates, hasFiles } = await complete(program, line.split(' '), sources);
  return { words: candidates.map(({ word }) => word), hasFiles };
}

describe('what completes a line', () => {
  test('verbs, without the hidden one', async () => {
    expect((await at('sta')).words).toEqual(['start', 'status']);
    const { words } = await at('');
    expect(words).toContain('rollback');
    expect(words.filter((word) => word.startsWith('_'))).toEqual([]);
    expect((await at('policy s')).words).toEqual(['show', 'schema']);
    expect((await at('--quiet sta')).words).toEqual(['start', 'status']);
  });

  test('options of the verb and of the program', async () => {
    expect((await at('status --w')).words).toEqual(['--watch', '--why']);
    expect((await at('status --st')).words).toEqual(['--stage', '--state-dir']);
    expect((await at('rollback --no-')).words).toEqual(['--no-wait', '--no-state']);
  });

  test('values of options: choices, policies with files, sides, files alone, or nothing', async () => {
    expect((await at('status -o ')).words).toEqual(['text', 'json']);
    expect(await at('start --policy ')).toEqual({ words: ['fast', 'standard'], hasFiles: true });
    expect(await at('plan www.example.com --from h')).toEqual({ words: ['heroku:'], hasFiles: false });
    expect(await at('plan -f ')).toEqual({ words: [], hasFiles: true });
    expect(await at('--state-dir ')).toEqual({ words: [], hasFiles: true });
    expect(await at('pause --reason ')).toEqual({ words: [], hasFiles: false });
  });

  test('stages of the migration that is named, scenarios of the lab, and what a target can be', async () => {
    expect((await at('status www.example.com --why --stage 1')).words).toEqual(['10', '100']);
    expect((await at('approve --stage ')).words).toEqual(['10', '50', '100']);
    expect((await at('promote --to 5')).words).toEqual(['50']);
    expect((await at('plan www.example.com --to a')).words).toEqual(['aws:']);
    expect((await at('demo --scenario h')).words).toEqual(['healthy']);
    expect((await at('simulate --degradation ')).words).toEqual(['+2%', 'x5', 'broken']);
    const program = commandTable(processTerminal(), () => Promise.resolve());
    const { candidates } = await complete(program, ['status', 'www.a.test', '--stage', ''], sources);
    expect(candidates[0]).toEqual({ word: '10', meaning: 'of www.a.test' });
  });

  test('an option whose value may be left out', async () => {
    expect((await at('simulate --journal www.')).words).toEqual(['www.example.com']);
    expect((await at('simulate --journal --pol')).words).toEqual(['--policy']);
    expect((await at('simulate --journal --policy f')).words).toEqual(['fast']);
    expect(await at('simulate --history ')).toEqual({ words: [], hasFiles: true });
  });

  test('hosts and ids, from the state directory that stands in the line', async () => {
    asked.length = 0;
    expect((await at('rollback www.')).words).toEqual(['www.example.com']);
    expect((await at('--state-dir /srv/shift status www-')).words).toEqual(['www-example-com-7c1f0a']);
    expect((await at('--state-dir=/srv/other status ')).words).toHaveLength(2);
    expect(asked).toEqual([null, '/srv/shift', '/srv/other']);
  });

  test('no host where none fits, and the journal is not opened', async () => {
    asked.length = 0;
    expect((await at('rollback www.example.com ')).words).toEqual([]);
    expect((await at('policy show s')).words).toEqual(['standard']);
    expect((await at('completion f')).words).toEqual(['fish']);
    expect((await at('policy schema ')).words).toEqual(['policy', 'migration']);
    expect(asked).toEqual([]);
  });
});
