// Rolls a made-up migration back with the bundle, against a Route 53 on loopback that says yes to everything, and keeps what V8 compiled
// for it. Run by bundle.mjs; nothing outside a temporary directory is touched but dist/bundle.cache.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';
import { writeHalfWayMigration } from './half-way-migration.mjs';

const bundlePath = fileURLToPath(new URL('../dist/bundle.cjs', import.meta.url));
const cachePath = fileURLToPath(new URL('../dist/bundle.cache', import.meta.url));
/** As Route 53 answers an accepted change (API reference, "ChangeResourceRecordSets"). */
const accepted = `<?xml version="1.0"?><ChangeResourceRecordSetsResponse><ChangeInfo><Id>/change/C2</Id><Status>PENDING</Status><SubmittedAt>${new Date().toISOString()}</SubmittedAt></ChangeInfo></ChangeResourceRecordSetsResponse>`;

const directory = mkdtempSync(join(tmpdir(), 'shift-warm-up-'));
await writeHalfWayMigration(directory, 3);

const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'text/xml' }).end(accepted));
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
server.unref();

const endpoint = `http://127.0.0.1:${server.address().port}`;
for (const name of Object.keys(process.env)) if (/^(AWS|SHIFT|HEROKU)_/.test(name)) delete process.env[name];
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'AKIAWARMUP',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_ENDPOINT_URL_ROUTE_53: endpoint,
  AWS_ENDPOINT_URL_CLOUDWATCH: endpoint,
  HEROKU_HOST: endpoint,
  HEROKU_API_KEY: 'lab',
  SHIFT_RESOLVER: '127.0.0.1:9',
});
process.argv = [
  process.execPath,
  bundlePath,
  '--state-dir',
  directory,
  'rollback',
  '--no-wait',
  'www.example.com',
];

const script = new Script(readFileSync(bundlePath, 'latin1'), {
  filename: bundlePath,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
process.once('exit', () => {
  if (process.exitCode === 0) writeFileSync(cachePath, script.createCachedData());
  rmSync(directory, { recursive: true, force: true });
});
const module = { exports: {} };
process.stdout.write = () => true;
script.runInThisContext()(module.exports, createRequire(bundlePath), module, bundlePath, dirname(bundlePath));
