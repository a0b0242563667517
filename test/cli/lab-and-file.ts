import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { instantPolicy } from '../scenarios/policies.js';

/** A healthy lab without users, and a migration file for it whose stages pass in no time. */
export interface LabAndFile extends AsyncDisposable {
  readonly lab: Lab;
  /** Holds the file and is home; `state` in it is the state directory, which nobody has made yet. */
  readonly directory: string;
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
}

/** @param name begins the name of the temporary directory */
export async function startLabAndFile(name: string): Promise<LabAndFile> {
  const lab = await startLab({ clients: 'off', insyncDelayMs: 100, ttlSeconds: 1 });
  for (const { origin } of [lab.source, lab.target]) await origin.change({ baseErrorFraction: 0 });
  const directory = await mkdtemp(join(tmpdir(), name));
  const file = join(directory, 'migration.yaml');
  const { host, source, target } = lab;
  await writeFile(join(directory, 'instant.yaml'), instantPolicy);
  const hosts = `hosts:\n  ${host}: { from: "${source.endpoint}", to: "${target.endpoint}" }\n`;
  await writeFile(file, `policy: ./instant.yaml\n${hosts}`);
  const env = { ...lab.environment(), HOME: directory, SHIFT_STATE_DIR: join(directory, 'state') };
  const end = async (): Promise<void> => {
    await lab.close();
    await rm(directory, { recursive: true });
  };
  return { lab, directory, file, env, [Symbol.asyncDispose]: end };
}
