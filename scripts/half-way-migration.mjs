// A state directory with a migration that gives its target half of everything, made with the program's own core: what the build warms up
// on, and what the benchmark of a rollback rolls back. Needs `dist`.
import { stageIntent, takeOverIntent } from '../dist/core/intent-factory.js';
import { apply, begin } from '../dist/core/migration.js';
import { parsePolicy } from '../dist/core/policy/parse-policy.js';
import { openSqliteStore } from '../dist/store/sqlite/open.js';

export const host = 'www.example.com.';
export const zoneId = 'Z1';
export const source = 'old.example.net.';
export const target = 'new.example.net.';

const policyText = 'stages: [50, 100]\nttl: 60s\ngate: { evidence: probes }\n';

/** The record that stands before the migration. */
export const original = {
  name: host,
  type: 'CNAME',
  ttl: 60,
  values: [source],
  setIdentifier: null,
  weight: null,
  alias: null,
  healthCheckId: null,
  foreignRouting: null,
};

/** Writes the journal and resolves with the state it folds to. `ticks` are readings like those that a controller makes every minute. */
export async function writeHalfWayMigration(directory, ticks = 0) {
  const at = Date.now() - ticks * 60_000;
  const events = [];
  const add = (event) => {
    state = state === undefined ? begin(event) : apply(state, event);
    events.push(event);
  };
  let state;
  add({ type: 'migration-planned', at, plan: planMadeAt(at) });
  const write = (intent) => {
    add({ type: 'intent-opened', at, intent, because: 'half way' });
    add({ type: 'change-accepted', at, intentId: intent.id, changeId: 'C1', how: 'reply' });
    add({ type: 'insync', at });
    add({ type: 'servers-agreed', at });
    add({ type: 'settled', at });
  };
  const origin = (nextIntentId) => ({ at, nextIntentId, journalHead: '' });
  write(takeOverIntent(state, origin('a'.repeat(16))));
  write(stageIntent(state, origin('b'.repeat(16)), 0));
  for (let tick = 0; tick < ticks; tick += 1) add(observed(at + tick * 60_000));
  const store = await openSqliteStore({ directory });
  const [planned, ...rest] = events;
  const { id } = state.plan;
  await store.create({ id, hosts: [host], live: true, createdAt: at }, planned, at);
  await store.append({ migrationId: id, events: rest, at, live: true, expectedSequence: 1, epoch: null });
  await store[Symbol.asyncDispose]();
  return state;
}

function planMadeAt(at) {
  const policy = parsePolicy(policyText, 'half-way.yaml').value;
  const nameServers = ['ns-1.example.net', 'ns-2.example.net', 'ns-3.example.net', 'ns-4.example.net'];
  return {
    id: 'half-way',
    createdAt: at,
    by: 'build',
    zone: { id: zoneId, name: 'example.com.', nameServers },
    hosts: [
      {
        host,
        source: { platform: 'aws', dnsName: source },
        target: { platform: 'aws', dnsName: target },
      },
    ],
    policy,
    originals: [{ host, records: [original], marker: [] }],
  };
}

function observed(at) {
  const servers = planMadeAt(at).zone.nameServers;
  const probe = {
    result: 'ok',
    because: '200 in 21 ms',
    status: 200,
    latencyMs: 21,
    certificateEndsAt: null,
  };
  const outcomes = Array.from({ length: 30 }, (_, index) => ({ at: at - 60_000 + index * 2_000, ...probe }));
  const observation = {
    at,
    monotonicMs: at - 1_000_000,
    bootId: 'boot',
    zone: { status: 'expected' },
    change: null,
    nameServers: servers.map((server) => ({
      server,
      host,
      answers: { [source]: 12, [target]: 13 },
      other: 0,
      failed: 0,
      marker: null,
    })),
    probes: ['source', 'target'].map((side) => ({ host, side, outcomes })),
    metrics: [],
    nextIntentId: 'c'.repeat(16),
    journalHead: '0'.repeat(64),
  };
  return { type: 'observed', at, observation };
}
