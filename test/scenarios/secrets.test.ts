import { readdir, readFile } from 'node:fs/promises';
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { patientPolicy } from './policies.js';
import type { Finished } from './product.js';
import { WiredLab } from './wired-lab.js';

const canaries = {
  AWS_ACCESS_KEY_ID: 'AKIACANARYCANARYCAN1',
  AWS_SECRET_ACCESS_KEY: 'canary/secret+key/of/an/aws/user/0123456',
  // As long as a real one, and of the same letters.
  AWS_SESSION_TOKEN: `FwoGZXIvYXdzCANARY${'0a1B2c3D4e5F6g7H8i9J/'.repeat(12)}==`,
  HEROKU_API_KEY: 'HRKU-canary-0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0',
};

describe.concurrent('no secret appears in any output, journal, break-glass file or error', () => {
  test('in a migration that is rolled back by the guard, and whatever can be read of it', async () => {
    await using world = await WiredLab.open();
    await using heroku = await withRealToken(world);
    const env = { ...canaries, HEROKU_HOST: heroku.url, SHIFT_DEBUG: '1' };
    const said: Finished[] = [];
    const run = async (...args: string[]): Promise<void> => void said.push(await world.run(args, env));

    await run(...world.request('plan'), '-o', 'json');
    await run(...world.request('plan'));
    await run(...world.request('preflight'));
    await run(...world.request('start', await world.file('patient.yaml', patientPolicy)), '--yes');
    world.lab.route53.faults.add({ kind: 'access-denied', on: 'writes', next: 1 });
    await run('tick');
    const daemon = await world.start(['daemon'], env);
    await world.written(2);
    world.lab.route53.faults.add({ kind: 'throttle', on: 'reads', next: 2 });
    await run('pause', '--reason', 'a look at the shop');
    await world.lab.target.origin.change({ dead: true });
    await daemon.until('the rollback', () => daemon.stdout.includes('↺ rolled back'));
    // Killed, so that what is not yet merged into the file is still in the write-ahead log.
    said.push(await daemon.end('SIGKILL'));
    const kept = await filesBelow(world.directory);
    expect(kept.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/shift\.db$/),
        expect.stringMatching(/shift\.db-wal$/),
        expect.stringMatching(/drain\.json$/),
        expect.stringMatching(/collapse\.json$/),
      ]),
    );
    for (const args of [['status'], ['list'], ['history', '--verify']]) {
      await run(...args);
      if (args[1] === undefined) await run(...args, '-o', 'json');
    }
    expect(said.filter(({ stdout }) => stdout !== '').length).toBeGreaterThan(8);
    expectNoCanary([...said, ...kept]);
    const keys = new Set(world.lab.route53.requests.map(({ accessKeyId }) => accessKeyId));
    expect([...keys], 'the canaries were in use').toEqual([canaries.AWS_ACCESS_KEY_ID]);
    expect(heroku.tokens).toContain(canaries.HEROKU_API_KEY);
  });

  test('in refusals of providers, also of those that repeat what they were sent', async () => {
    await using world = await WiredLab.open();
    await using echo = await serve((request, response) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(echoOf(request));
    });
    await using xmlEcho = await serve((request, response) => {
      const error = `<Error><Type>Sender</Type><Code>InvalidInput</Code><Message>${echoOf(request)}</Message></Error>`;
      response.writeHead(400, { 'content-type': 'text/xml' });
      response.end(`<?xml version="1.0"?><ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`);
    });
    await using jsonEcho = await serve((request, response) => {
      const body = JSON.stringify({ id: 'invalid_params', message: echoOf(request) });
      response.writeHead(422, { 'content-type': 'application/json' }).end(body);
    });
    await using signature = await serve((request, response) => {
      const { authorization = '', 'x-amz-security-token': token } = request.headers;
      const canonical = `GET\n/\nx-amz-security-token:${String(token)}\n${authorization}`;
      const message = `The request signature we calculated does not match the signature you provided. The Canonical String for this request should have been '${canonical}'`;
      const error = `<Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>${message}</Message></Error>`;
      response.writeHead(403, { 'content-type': 'text/xml' });
      response.end(`<?xml version="1.0"?><ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`);
    });
    const plan = world.request('plan');
    const runs: [Record<string, string>, number][] = [
      [{ AWS_ENDPOINT_URL_ROUTE_53: echo.url }, 7],
      [{ AWS_ENDPOINT_URL_ROUTE_53: xmlEcho.url }, 7],
      [{ AWS_ENDPOINT_URL_ROUTE_53: signature.url }, 3],
      [{ HEROKU_HOST: echo.url }, 7],
      [{ HEROKU_HOST: jsonEcho.url }, 7],
      // The lab knows no such token.
      [{}, 3],
      [{ HEROKU_API_KEY: `${canaries.HEROKU_API_KEY} with a space` }, 2],
      [{ HEROKU_HOST: `http://user:${canaries.HEROKU_API_KEY}@127.0.0.1:1` }, 2],
      [{ AWS_ENDPOINT_URL_ROUTE_53: `http://${canaries.AWS_SECRET_ACCESS_KEY}@127.0.0.1` }, 2],
    ];
    const said: Finished[] = [];
    for (const [variables, code] of runs) {
      const finished = await world.run(plan, { ...canaries, SHIFT_DEBUG: '1', ...variables });
      expect({ ...finished, variables }).toMatchObject({ code, stdout: '' });
      expect(finished.stderr).not.toBe('');
      said.push(finished);
    }
    expectNoCanary(said);
  });
});

/** What a server was sent, credentials included, as servers put it into their errors. */
function echoOf(request: IncomingMessage): string {
  return Object.entries(request.headers)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(' ');
}

function expectNoCanary(texts: readonly ({ readonly text: string } | Finished)[]): void {
  const all = texts.map((each) => ('text' in each ? each.text : `${each.stdout}\n${each.stderr}`));
  for (const [name, canary] of Object.entries(canaries)) {
    const forms = [canary.slice(0, 12), Buffer.from(`:${canary}`).toString('base64').slice(0, 16)];
    const found = forms.flatMap((form) =>
      all.filter((text) => text.includes(form)).map((text) => around(text, form)),
    );
    expect(found, name).toEqual([]);
  }
}

function around(text: string, part: string): string {
  const at = text.indexOf(part);
  return text.slice(Math.max(0, at - 200), at + 60);
}

/** Every file, read byte by byte, so that nothing in a database hides behind its encoding. */
async function filesBelow(directory: string): Promise<{ path: string; text: string }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (path) => ({ path, text: await readFile(path, 'latin1') })));
}

/** The lab's Heroku API behind a door that takes the canary for its key. */
async function withRealToken(world: WiredLab): Promise<Door & { readonly tokens: string[] }> {
  const { HEROKU_HOST = '', HEROKU_API_KEY = '' } = world.lab.environment();
  const tokens: string[] = [];
  const door = await serve((request, response) => {
    tokens.push(tokenIn(request.headers.authorization ?? ''));
    const authorization = `Bearer ${HEROKU_API_KEY}`;
    const headers = { ...request.headers, host: new URL(HEROKU_HOST).host, authorization };
    const { method, url } = request;
    forward(new URL(url ?? '/', HEROKU_HOST), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  });
  return { ...door, tokens };
}

/** heroku-client sends the token as the password of Basic authentication (RFC 7617). */
function tokenIn(authorization: string): string {
  const [, encoded = ''] = authorization.split(' ');
  return Buffer.from(encoded, 'base64').toString().split(':')[1] ?? '';
}

interface Door extends AsyncDisposable {
  readonly url: string;
}

async function serve(listener: RequestListener): Promise<Door> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
