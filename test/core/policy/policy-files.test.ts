import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { jsonSchemas } from '../../../src/core/policy/json-schema.js';
import { parsePolicy } from '../../../src/core/policy/parse-policy.js';
import type { Policy } from '../../../src/core/policy/policy.js';
import { policy } from './problems.js';

const root = resolve(import.meta.dirname, '../../..');
const folder = join(root, 'policies');

function committed(name: string): Policy {
  const file = join(folder, `${name}.yaml`);
  return policy(readFileSync(file, 'utf8'), file);
}

function shape(name: string): unknown {
  const { stages, ...rest } = committed(name);
  return { ...rest, shares: stages.map((stage) => stage.share), dwellMs: stages[0]?.dwellMs };
}

const minutes = 60_000;
const hours = 60 * minutes;

test('standard is exactly the defaults', () => {
  expect(committed('standard')).toEqual(policy('name: standard\nstages: [10, 25, 50, 100]'));
});

test('cautious, fast and lab differ from it as they say', () => {
  const standard = shape('standard');
  expect(shape('cautious')).toEqual({
    ...(standard as object),
    name: 'cautious',
    shares: [1, 5, 10, 25, 50, 75, 100],
    dwellMs: 24 * hours,
    bakeMs: 24 * hours,
  });
  expect(shape('fast')).toMatchObject({
    name: 'fast',
    dwellMs: 10 * minutes,
    bakeMs: 30 * minutes,
    lab: false,
  });
  expect(shape('lab')).toEqual({
    name: 'lab',
    lab: true,
    shares: [10, 25, 50, 100],
    ttlSeconds: 2,
    finalTtlSeconds: null,
    tailMs: 1000,
    dwellMs: 6000,
    bakeMs: 10_000,
    tickEveryMs: 1000,
    gapAfterMs: 10_000,
    bucketMs: 1000,
    settleDelayMs: 1000,
    probes: {
      path: '/healthz',
      port: 8443,
      everyMs: 500,
      timeoutMs: 1000,
      failed: { count: 3, of: 6 },
      families: 'auto',
      expect: { status: [200], body: null, json: null },
      preflight: { count: 20, everyMs: 100 },
    },
    gate: {
      ...committed('standard').gate,
      latency: { slowerThanMs: 60 },
      maxHoldMs: 30_000,
      blindAfterMs: 15_000,
    },
  });
});

test('every committed policy is tested here', () => {
  const names = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  expect(names.sort()).toEqual(['cautious.yaml', 'fast.yaml', 'lab.yaml', 'standard.yaml']);
});

test.each(Object.entries(jsonSchemas()))(
  'policies/%s is what the code says; `npm run schema` writes it',
  (name, schema) => {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(schema)));
  },
);

function acceptedBySchema(name: string, text: string): boolean {
  const schema = jsonSchemas()[name] ?? {};
  return z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema).safeParse(parse(text)).success;
}

test.each(['standard', 'cautious', 'fast', 'lab'])('an editor accepts %s by the JSON schema', (name) => {
  const text = readFileSync(join(folder, `${name}.yaml`), 'utf8');
  expect(acceptedBySchema('policy.schema.json', text)).toBe(true);
});

test.each([
  'stages: [0, 100]',
  'stages: [100]\nttl: 60',
  'stages: [100]\nttl: soon',
  'stages: [100]\nprobes: {failed: 3/6}',
  'stages: [100]\nwindows: []',
  'ttl: 60s',
])('an editor refuses %j as the program does', (text) => {
  expect(acceptedBySchema('policy.schema.json', text)).toBe(false);
  expect(parsePolicy(text, 'x.yaml').ok).toBe(false);
});

test('an editor knows migration files with a named and with a written policy', () => {
  const hosts = 'hosts: {www.example.com: {from: heroku:my-app, to: aws:alb.example.net}}';
  expect(acceptedBySchema('migration.schema.json', hosts)).toBe(true);
  expect(acceptedBySchema('migration.schema.json', `policy: fast\n${hosts}`)).toBe(true);
  expect(acceptedBySchema('migration.schema.json', `policy: {stages: [100]}\n${hosts}`)).toBe(true);
  expect(acceptedBySchema('migration.schema.json', `policy: {stages: [0]}\n${hosts}`)).toBe(false);
  expect(acceptedBySchema('migration.schema.json', 'hosts: {www.example.com: {from: my-app, to: x}}')).toBe(
    false,
  );
});

/** Every file that is loaded with `file`, by its static imports of values. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm,
  )) {
    if (specifier.startsWith('.'))
      loadedWith(resolve(dirname(file), specifier.replace(/\.js$/, '.ts')), seen);
    else seen.add(specifier);
  }
  return seen;
}

test.each(['policy.ts', 'side-spec.ts'])(
  '%s is loaded by a rollback and brings neither yaml nor zod',
  (name) => {
    const loaded = [...loadedWith(join(root, 'src/core/policy', name))];
    expect(loaded.filter((module) => !module.endsWith('.ts'))).toEqual([]);
    expect([...loadedWith(join(root, 'src/core/policy/parse-policy.ts'))]).toContain('zod');
  },
);
