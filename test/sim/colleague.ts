import { cname, type World } from '../engine/world.js';
import { create, recordsAt, remove } from '../engine/zone-edits.js';
import type { Chance } from './chance.js';
import type { HostNames } from './zone-view.js';

type Edit = (at: Bench & { readonly at: HostNames }) => void;

type Standing = ReturnType<typeof recordsAt>[number] & {
  readonly setIdentifier?: string;
  readonly ttl?: number;
  readonly values?: readonly string[];
};

/** What a colleague has at hand. */
interface Bench {
  readonly world: World;
  readonly chance: Chance;
  readonly hosts: readonly HostNames[];
  /** Marker texts that stood in the zone at some time, by the name of the marker. */
  readonly markers: ReadonlyMap<string, readonly string[]>;
  readonly files: World['files'];
}

/** What somebody with the console, Terraform or an old runbook may do to the names of a migration, by name. */
const edits: Readonly<Record<string, Edit>> = {
  'weights moved forward': (bench) => reweigh(bench, bench.chance.between(1, 100)),
  'weights moved back': (bench) => reweigh(bench, 0),
  'both weights zero': (bench) => reweigh(bench, 0, 0),
  'the target member alone changed': (bench) =>
    change(bench, 'shift-target', { weight: bench.chance.between(0, 60) }),
  'a third member comes or goes': ({ world, at }) => {
    const bob = standingAt(world, at).filter(({ setIdentifier }) => setIdentifier === 'bob');
    const foreign = {
      ...cname(at.host, 'bob.example.net.', ttlOf(world, at)),
      setIdentifier: 'bob',
      weight: 5,
    };
    world.write(bob.length === 0 ? create(foreign) : bob.map((record) => ({ action: 'DELETE', record })));
  },
  'a member points elsewhere': (bench) => change(bench, 'shift-target', { values: ['x.example.net.'] }),
  'a member deleted': ({ world, at, chance }) => {
    const [found] = recordsAt(world, at.host).filter(
      (record) => 'setIdentifier' in record && chance.happens(0.5),
    );
    if (found !== undefined) world.write([{ action: 'DELETE', record: found }]);
  },
  'all records deleted': ({ world, at }) => world.write(remove(world, at.host)),
  'another TTL': ({ world, at, chance }) => {
    const ttl = chance.pick([3, 5]);
    world.write(
      recordsAt(world, at.host).map((record) => ({ action: 'UPSERT', record: { ...record, ttl } })),
    );
  },
  'another type': ({ world, at }) =>
    world.write([
      ...remove(world, at.host),
      ...create({ name: at.host, type: 'A', ttl: 2, values: ['192.0.2.1'] }),
    ]),
  'a plain record to the source': ({ world, at }) => replace(world, at, at.source),
  'a plain record to the target': ({ world, at }) => replace(world, at, at.target),
  'a plain record elsewhere': ({ world, at }) => replace(world, at, 'cdn.example.net.'),
  'the marker deleted': ({ world, at }) => world.write(remove(world, at.marker)),
  'an older marker copied back': ({ world, at, chance, markers }) =>
    rewriteMarker(world, at, () => chance.pick(markers.get(at.marker) ?? [])),
  "another migration's marker": ({ world, at }) =>
    rewriteMarker(world, at, (text) =>
      text.replace(/ id=\S+/, ' id=other-1').replace(/ intent=\S+/, ' intent=x'),
    ),
  'a marker that is none': ({ world, at }) => rewriteMarker(world, at, () => 'hello'),
  'drain.json applied': ({ world, chance, files }) => applied(world, chance.pick(files).drain),
  'both break-glass files applied': ({ world, chance, files }) => {
    const { drain, collapse } = chance.happens(0.5)
      ? (files.at(-1) ?? chance.pick(files))
      : chance.pick(files);
    applied(world, drain);
    applied(world, collapse);
  },
};

export const editNames: readonly string[] = Object.keys(edits);

/** One edit, of one host or of each; counted only when Route 53 took it. */
export function editAtRandom(bench: Bench, names: readonly string[] = editNames): void {
  const { world, chance, hosts } = bench;
  const name = chance.pick(names);
  const before = world.zones.records(world.zoneId);
  try {
    for (const at of hostsToEdit(bench)) edits[name]?.({ ...bench, at });
  } catch {
    // Route 53 refused it, or there is nothing yet that it could be done to.
    return;
  }
  const after = world.zones.records(world.zoneId);
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  chance.count(name);
  if (hosts.length === 1) return;
  const isAt = ({ host }: HostNames): boolean =>
    JSON.stringify(before?.filter((record) => record.name === host)) !==
    JSON.stringify(after?.filter((record) => record.name === host));
  chance.count(hosts.every(isAt) ? 'an edit of every host' : 'an edit of a part of the group');
}

function hostsToEdit({ chance, hosts }: Bench): readonly HostNames[] {
  return hosts.length === 1 || chance.happens(0.25) ? hosts : [chance.pick(hosts)];
}

/** The marker that stands at a host now, for a later copy. */
export function standingMarker(world: World, at: HostNames): string {
  return (world.standing(at.marker)[0] ?? '')
    .replace(/^TXT "/, '')
    .replace(/" \d+$/, '')
    .replaceAll('" "', '');
}

function rewriteMarker(world: World, at: HostNames, words: (text: string) => string): void {
  const text = words(standingMarker(world, at));
  const parts = (text.match(/.{1,255}/g) ?? []).map((part) => `"${part}"`).join(' ');
  const record = { name: at.marker, type: 'TXT', ttl: 2, values: [parts] };
  world.write([...remove(world, at.marker), ...create(record)]);
}

/** Whatever has these weights by now: our members, and where none stand, those that were made by hand. */
function reweigh(bench: Parameters<Edit>[0], target: number, source: number = 100 - target): void {
  const { world, at } = bench;
  const ttl = ttlOf(world, at);
  const members = standingAt(world, at).filter(({ setIdentifier }) => setIdentifier !== undefined);
  if (members.length === 0) return;
  const member = { name: at.host, type: 'CNAME' };
  const isByHand = members.every(({ setIdentifier }) => /^(blue|green)$/.test(setIdentifier ?? ''));
  const identifiers = isByHand ? ['blue', 'green'] : ['shift-source', 'shift-target'];
  const pair = [
    { ...member, setIdentifier: identifiers[0], weight: source, ttl, values: [at.source] },
    { ...member, setIdentifier: identifiers[1], weight: target, ttl, values: [at.target] },
  ];
  world.write(pair.map((record) => ({ action: 'UPSERT', record })));
}

function change({ world, at }: Parameters<Edit>[0], identifier: string, values: object): void {
  const found = standingAt(world, at).find(({ setIdentifier }) => setIdentifier === identifier);
  if (found !== undefined) world.write([{ action: 'UPSERT', record: { ...found, ...values } }]);
}

function replace(world: World, { host }: HostNames, target: string): void {
  world.write([...remove(world, host), ...create(cname(host, target, 2))]);
}

/** A colleague does not wait: what is refused is refused. */
function applied(world: World, batch: Parameters<World['apply']>[0]): void {
  void world.apply(batch);
}

function standingAt(world: World, { host }: HostNames): readonly Standing[] {
  return recordsAt(world, host);
}

function ttlOf(world: World, at: HostNames): number {
  return standingAt(world, at)[0]?.ttl ?? 1;
}
