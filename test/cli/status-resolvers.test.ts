import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, DecodedPacket, Packet } from 'dns-packet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cnameAnswer, startHostileServer, type HostileServer } from '../adapters/dns/hostile-server.js';
import { misfits } from '../docs/published-schema.js';
import { keepJournal } from './kept-journal.js';
import { isObserving, Journey } from './render/journey.js';
import { typed, type Said } from './screen.js';

const source = 'whispering-willow-1.herokudns.com';
const target = 'shop-alb-1234567890.eu-west-1.elb.amazonaws.com';

let directory = '';
const opened: HostileServer[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shift-status-resolvers-'));
  await keepJournal(directory, new Journey().until(isObserving(25)).events);
});

afterEach(async () => {
  for (const server of opened.splice(0)) await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function server(behave: (query: DecodedPacket) => readonly Packet[]): Promise<HostileServer> {
  const started = await startHostileServer(behave);
  opened.push(started);
  return started;
}

/** A resolver that says this of every name. */
function resolver(...answers: readonly Answer[]): Promise<HostileServer> {
  return server((query) => [cnameAnswer(query, '', { answers: [...answers] })]);
}

function alias(data: string, ttl = 1): Answer {
  return { type: 'CNAME', name: 'www.shop.test', ttl, data };
}

/** Finds every name at its own address, and hands out the source as its own zone's. */
async function world(): Promise<HostileServer> {
  const started: HostileServer = await server((query) => {
    const [question] = query.questions ?? [];
    const answers: Answer[] =
      question?.type === 'A' ? [{ type: 'A', name: question.name, ttl: 5, data: started.address }] : [];
    return [cnameAnswer(query, source, answers.length === 0 ? {} : { answers })];
  });
  return started;
}

function environment(names: HostileServer, ...asked: readonly HostileServer[]): Record<string, string> {
  return {
    HOME: directory,
    SHIFT_STATE_DIR: directory,
    SHIFT_RESOLVER: at(names),
    SHIFT_DNS_PORT: String(names.port),
    SHIFT_REPORT_RESOLVERS: asked.length === 0 ? 'none' : asked.map(at).join(','),
  };
}

function at({ address, port }: HostileServer): string {
  return `${address}:${port}`;
}

function status(env: Record<string, string>, ...more: readonly string[]): Promise<Said> {
  return typed(['status', ...more], { env });
}

test('fault 57: status tells what resolvers of other people hand out where somebody asks for it, and asks nobody otherwise', async () => {
  const names = await world();
  const [honest, other, liar] = [
    await resolver(alias(source)),
    await resolver(alias(target)),
    await resolver(alias('portal.captive.example')),
  ];
  const env = environment(names, honest, other, other, liar);
  const plain = await status(env);
  expect(plain.out).not.toContain('resolvers');
  expect([...names.asked, ...honest.asked, ...liar.asked]).toEqual([]);

  const told = await status(env, '--resolvers');
  expect(told.code).toBe(0);
  const flat = told.out.replace(/\s+/g, ' ');
  expect(flat).toContain('resolvers www.shop.test: 2 of 4 resolvers hand out the target');
  expect(flat).toContain(
    `${liar.address} port ${liar.port} hands out neither side but portal.captive.example`,
  );
  expect(flat).toContain('only the authoritative name servers decide anything');
  expect(flat).not.toContain('older answer');
  for (const line of told.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('as JSON the findings stand beside the status, and fit its schema with and without them', async () => {
  const names = await world();
  const honest = await resolver(alias(source));
  const env = environment(names, honest);
  const without = JSON.parse((await status(env, '-o', 'json')).out) as object;
  expect(without).not.toHaveProperty('resolvers');
  expect(misfits('status', without)).toEqual([]);
  const whole: unknown = JSON.parse((await status(env, '--resolvers', '-o', 'json')).out);
  expect(misfits('status', whole)).toEqual([]);
  expect(whole).toMatchObject({
    share: 25,
    resolvers: [
      {
        host: 'www.shop.test',
        majority: 'source',
        isAuthorityHeard: true,
        findings: [{ resolver: `${honest.address} port ${honest.port}`, says: 'source', trouble: null }],
      },
    ],
  });
});

test('where nobody is to be asked nobody is, and that is said', async () => {
  const names = await world();
  const env = environment(names);
  expect((await status(env, '--resolvers')).out).toContain('none is asked: SHIFT_REPORT_RESOLVERS=none');
  const whole: unknown = JSON.parse((await status(env, '--resolvers', '-o', 'json')).out);
  expect(misfits('status', whole)).toEqual([]);
  expect(whole).toMatchObject({ resolvers: null });
  expect(names.asked).toEqual([]);
});

test('resolvers and name servers that never answer are told as silent, and keep the status from nobody', async () => {
  const mute = await server(() => []);
  const { code, out } = await status(environment(mute, mute), '--resolvers');
  expect(code).toBe(0);
  const flat = out.replace(/\s+/g, ' ');
  expect(flat).toContain(`${mute.address} port ${mute.port} did not answer: nothing came in time`);
  expect(flat).toContain('no authoritative name server answered in time');
});

test.each([['--watch'], ['--why'], ['--no-state'], ['--why', '--stage', '10']])(
  'it does not stand beside %s, and says so',
  async (...others) => {
    const names = await world();
    const refused = await status(environment(names, names), 'www.shop.test', '--resolvers', ...others);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain('--resolvers');
    expect(refused.err).toContain(others[0]);
    expect(names.asked).toEqual([]);
  },
);
