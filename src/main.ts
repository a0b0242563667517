import { setMaxListeners } from 'node:events';
import { run } from './cli/program.js';

// The AWS SDK would write to stderr that Node 20 will not be supported for ever (its documented switch).
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const stop = new AbortController();
let hasFailed = false;

// A reader that closes the pipe early (`| head`) is not an error, but a verb that would go on showing things has to end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') {
    // A full disk, a terminal that is gone: what was asked for is not complete, and must not look so.
    process.stderr.write(`shiftctl: standard output cannot be written: ${error.code ?? error.message}\n`);
    process.exitCode = 1;
    hasFailed = true;
  }
  stop.abort(error);
});

// Talk that nobody can hear is no reason to leave a migration.
process.stderr.on('error', () => undefined);

// Every call in flight listens to it, far more than Node takes for a leak.
setMaxListeners(0, stop.signal);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => stop.abort(new Error(signal)));
}

// No await at the top level: the bundle is one CommonJS file.
void run(process.argv.slice(2), stop.signal).then((code) => {
  process.exitCode = hasFailed ? 1 : code;
});
