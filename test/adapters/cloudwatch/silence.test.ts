import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createCloudWatch } from '../../../src/adapters/cloudwatch/cloudwatch.js';
import { useCanaryCredentials } from '../route53/aws-environment.js';
import { answering, CloudWatchServer } from './cloudwatch-server.js';
import { clock, manyQueries, noonSeconds, window } from './samples.js';

let server: CloudWatchServer;

beforeAll(async () => {
  server = await CloudWatchServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

// The SDK says it once in a process, with the first client, so this file has only this test.
it('nothing is written to the terminal, neither of the age of Node nor of the number of calls', async () => {
  useCanaryCredentials();
  const main = readFileSync(new URL('../../../src/main.ts', import.meta.url), 'utf8');
  const [, variable = '', value = ''] = /process\.env\['(AWS_SDK_\w+)'\] \?\?= '(\w+)'/.exec(main) ?? [];
  Reflect.deleteProperty(process.env, 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED');
  process.env[variable] = value;
  const said: unknown[] = [];
  const note = (warning: Error): number => said.push(warning.message);
  process.on('warning', note);
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...words: unknown[]) => void said.push(...words));
  }
  const source = await createCloudWatch({ endpoint: server.endpoint, clock });
  server.react(answering(() => ({ points: [[noonSeconds, 1]] })));
  for (const region of ['eu-west-1', 'us-east-1']) {
    await source.read(manyQueries(5000, region), window, new AbortController().signal);
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.off('warning', note);
  vi.restoreAllMocks();
  expect(said).toEqual([]);
});
