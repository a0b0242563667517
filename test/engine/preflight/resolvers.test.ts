import { afterEach, expect, test } from 'vitest';
import type { Answer } from 'dns-packet';
import { createResolverAnswers } from '../../../src/adapters/dns/resolver-answers.js';
import { firstObjection } from '../../../src/cli/clear-checks.js';
import { preflight } from '../../../src/engine/preflight/preflight.js';
import { lookAtResolvers } from '../../../src/engine/preflight/resolvers-look.js';
import { cnameAnswer, startHostileServer, type HostileServer } from '../../adapters/dns/hostile-server.js';
import { albTarget, cname, herokuTarget } from '../world.js';
import { PreflightWorld } from './preflight-world.js';

const opened: HostileServer[] = [];

afterEach(async () => {
  for (const server of opened.splice(0)) await server[Symbol.asyncDispose]();
});

/** A resolver on a socket of its own that says this of every name; an empty list is silence. */
async function resolver(answers: readonly Answer[] | null): Promise<HostileServer> {
  const server = await startHostileServer((query) =>
    answers === null ? [] : [cnameAnswer(query, '', { answers: [...answers] })],
  );
  opened.push(server);
  return server;
}

function alias(target: string, ttl: number): Answer {
  return { type: 'CNAME', name: 'WWW.example.com', ttl, data: target };
}

function address(data: string): Answer {
  return { type: 'A', name: 'www.example.com', ttl: 60, data };
}

async function reported(...servers: readonly HostileServer[]): Promise<{ verdict: string; fact: string }> {
  const seen = new PreflightWorld([cname('www.example.com', herokuTarget, 60)]);
  const ports = { ...seen.ports, resolvers: createResolverAnswers(servers) };
  const [check] = await lookAtResolvers(ports, await seen.plan(), AbortSignal.timeout(10_000));
  return check ?? { verdict: 'none', fact: '' };
}

test('fault 57: resolvers that agree with the authoritative name servers are told as they are', async () => {
  const honest = await resolver([alias(herokuTarget, 42)]);
  expect(await reported(honest, honest, honest)).toMatchObject({
    verdict: 'ok',
    fact: 'www.example.com: 3 of 3 resolvers hand out the source',
  });
});

test('fault 57: one that lies, one that caches beyond the TTL, one that is old and one that is silent are named, and the majority is told', async () => {
  const honest = await resolver([alias(herokuTarget, 42)]);
  const captive = await resolver([address('192.0.2.80')]);
  const hoarding = await resolver([alias(herokuTarget, 3_600)]);
  const old = await resolver([alias(albTarget, 9)]);
  const silent = await resolver(null);
  const { verdict, fact } = await reported(honest, captive, hoarding, old, silent);
  expect(verdict).toBe('warning');
  expect(fact).toContain('www.example.com: 2 of 5 resolvers hand out the source');
  expect(fact).toContain(`${captive.address} port ${captive.port} hands out neither side but 192.0.2.80`);
  expect(fact).toContain('captive');
  expect(fact).toContain(
    `${hoarding.address} port ${hoarding.port} keeps its answer for 3600 s more although`,
  );
  expect(fact).toContain('caches beyond the TTL');
  expect(fact).toContain(`${old.address} port ${old.port} hands out the target, which the authoritative`);
  expect(fact).toContain(`${silent.address} port ${silent.port} did not answer`);
  expect(fact).toContain('only the authoritative name servers decide');
  expect(fact).not.toContain(`${honest.address} port ${honest.port} `);
});

test('fault 57: whatever all of them say, no start is refused for it', async () => {
  const captive = await resolver([address('192.0.2.80')]);
  const seen = new PreflightWorld();
  const plan = await seen.plan();
  const resolvers = createResolverAnswers([captive, captive, captive]);
  const without = await preflight(seen.ports, plan, AbortSignal.timeout(10_000));
  const checks = await preflight({ ...seen.ports, resolvers }, plan, AbortSignal.timeout(10_000));
  expect(checks.find(({ name }) => name === 'resolvers')).toMatchObject({
    verdict: 'warning',
    fact: expect.stringContaining('most of 3 resolvers hand out neither side') as unknown,
  });
  expect(firstObjection(checks) === null).toBe(firstObjection(without) === null);
});

test('nobody is asked where nobody is named', async () => {
  expect(await reported()).toEqual({ verdict: 'none', fact: '' });
});
