import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../../src/lab/health-checks/ask.js';
import type { HealthCheckSettings } from '../../../src/lab/health-checks/health-check.js';

const settings: HealthCheckSettings = {
  type: 'HTTP',
  domainName: 'alb.example.net',
  port: 0,
  path: '/',
  intervalSeconds: 30,
  threshold: 3,
  inverted: false,
  disabled: false,
  enableSni: false,
};

const never = new AbortController().signal;
const hosts: string[] = [];
let port = 0;
const server = createServer((request, response) => {
  hosts.push(request.headers.host ?? '');
  const [, status, blanks] = (request.url ?? '').split('/');
  response.writeHead(Number(status) || 200, status === '302' ? { location: '/' } : {});
  response.end(`${' '.repeat(Number(blanks ?? 0))}well`);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

async function said(
  change: Partial<HealthCheckSettings>,
  address: string | undefined = '127.0.0.1',
): Promise<string> {
  return (await ask({ ...settings, port, ...change }, address, never)).split(':')[0] ?? '';
}

describe('one request of a checker', () => {
  test.for([
    ['200', 'Success'],
    ['302', 'Success'],
    ['404', 'Failure'],
    ['503', 'Failure'],
  ] as const)('takes status %s for a %s', async ([status, expected]) => {
    expect(await said({ path: `/${status}` })).toBe(expected);
  });

  test('finds its text within the first 5,120 bytes and not behind them', async () => {
    const matching = { type: 'HTTP_STR_MATCH', searchString: 'well' } as const;
    expect(await said({ ...matching, path: '/200/5116' })).toBe('Success');
    expect(await said({ ...matching, path: '/200/5117' })).toBe('Failure');
    expect(await said({ ...matching, searchString: 'ill', path: '/200/0' })).toBe('Failure');
  });

  test('sends the name it was given as Host', async () => {
    await said({});
    expect(hosts.at(-1)).toBe('alb.example.net');
  });

  test('fails where nobody listens and where the name has no address', async () => {
    expect(await said({ port: 1 })).toBe('Failure');
    expect(await ask(settings, undefined, never)).toContain('NXDomain');
  });
});
