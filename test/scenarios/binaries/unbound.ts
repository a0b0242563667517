import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../src/lab/lab.js';
import { privateAddress } from '../../lab/loopback.js';
import { dig, type AnswerLine } from './dig.js';
import { pathOf } from './installed.js';

const port = 5301;
const startsWithinMs = 10_000;

/** Unbound as a caching resolver in front of a lab; it can reach nothing but loopback. */
export class Unbound implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #address: string;

  private constructor(child: ChildProcess, directory: string, address: string) {
    this.#child = child;
    this.#directory = directory;
    this.#address = address;
  }

  static async start(lab: Lab): Promise<Unbound> {
    const directory = await mkdtemp(join(tmpdir(), 'shift-unbound-'));
    const address = privateAddress();
    const file = join(directory, 'unbound.conf');
    await writeFile(file, configuration(lab, address, directory));
    const child = spawn(pathOf('unbound'), ['-d', '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    const unbound = new Unbound(child, directory, address);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const giveUpAt = Date.now() + startsWithinMs;
    while (!said.includes('start of service')) {
      if (child.exitCode !== null || Date.now() > giveUpAt) {
        await unbound[Symbol.asyncDispose]();
        throw new Error(`unbound did not start:\n${said}`);
      }
      await sleep(20);
    }
    return unbound;
  }

  /** The answers to `count` questions for the host's address, one right after the other. */
  ask(host: string, count: number): Promise<readonly (readonly AnswerLine[])[]> {
    return dig({ address: this.#address, port }, host, count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await ended;
    }
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** Names that CNAMEs point to are in zones of their own, which need their own stubs (unbound.conf(5)). */
const stubZones = ['example.com', 'herokudns.com', 'eu-west-1.elb.amazonaws.com'];

function configuration(lab: Lab, address: string, directory: string): string {
  const { addresses, dnsPort } = lab.settings;
  const servers = addresses.nameServers.map((server) => `  stub-addr: ${server}@${dnsPort}\n`).join('');
  const stubs = stubZones
    .map((zone) => `stub-zone:\n  name: "${zone}"\n  stub-prime: no\n${servers}`)
    .join('');
  return `server:
  interface: ${address}@${port}
  outgoing-interface: ${address}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-ip6: no
  do-daemonize: no
  module-config: "iterator"
  username: ""
  chroot: ""
  directory: "${directory}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 1
remote-control:
  control-enable: no
${stubs}`;
}
