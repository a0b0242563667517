// Rolls a made-up migration back with the bundle, against a Route 53 on loopback that says yes to everything. Run by bundle.mjs:
// with the word `ask` it tells on file descriptor 3 which parts have run when Route 53 is asked, with `compile` it keeps what V8 has compiled
// by then in dist/*.cache. Nothing else outside a temporary directory is touched.
import { mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { Bundle } from '../dist/bundle.js';
import { writeHalfWayMigration } from './half-way-migration.mjs';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const what = process.argv[2];
/** As Route 53 answers an accepted change (API reference, "ChangeResourceRecordSets"). */
const accepted = `<?xml version="1.0"?><ChangeResourceRecordSetsResponse><ChangeInfo><Id>/change/C2</Id><Status>PENDING</Status><SubmittedAt>${new Date().toISOString()}</SubmittedAt></ChangeInfo></ChangeResourceRecordSetsResponse>`;

const directory = mkdtempSync(join(tmpdir(), 'shift-warm-up-'));
await writeHalfWayMigration(directory, 3);

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    take();
    response.writeHead(200, { 'content-type': 'text/xml' }).end(accepted);
  });
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
  join(dist, 'bin.cjs'),
  '--state-dir',
  directory,
  'rollback',
  '--no-wait',
  'www.example.com',
];

const bundle = new Bundle(dist);
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
process.stdout.write = () => true;
bundle.require('./main.js');

/** What has run by now, or the code of it. Of the second file, which a rollback does not need by now, V8 keeps only where its parts are. */
function take() {
  if (what === 'ask') {
    writeSync(3, JSON.stringify(bundle.asked));
    return;
  }
  const rest = new Script(readFileSync(join(dist, 'bundle-rest.cjs'), 'latin1'));
  for (const [file, script] of new Map([['bundle-rest', rest], ...bundle.scripts]))
    writeFileSync(join(dist, `${file}.cache`), script.createCachedData());
}
