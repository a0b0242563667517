import { cname, member, albTarget, herokuTarget, www, type World } from '../engine/world.js';
import { create, marker, markerText, recordsAt, remove, rewriteMarker } from '../engine/zone-edits.js';
import type { Chance } from './chance.js';

type Edit = (at: Bench) => void;

/** What a colleague has at hand. */
interface Bench {
  readonly world: World;
  readonly chance: Chance;
  /** Marker texts that stood in the zone at some time. */
  readonly markers: readonly string[];
  readonly files: World['files'];
}

/** What somebody with the console, Terraform or an old runbook may do to the names of a migration, by name. */
const edits: Readonly<Record<string, Edit>> = {
  'weights moved forward': ({ world, chance }) => reweigh(world, chance.between(1, 100)),
  'weights moved back': ({ world }) => reweigh(world, 0),
  'both weights zero': ({ world }) => reweigh(world, 0, 0),
  'the target member alone changed': ({ world, chance }) =>
    change(world, 'shift-target', { weight: chance.between(0, 60) }),
  'a third member comes or goes': ({ world }) => {
    const bob = recordsAt(world, www).filter(
      (record) => (record as { setIdentifier?: string }).setIdentifier === 'bob',
    );
    const foreign = {
      ...member('target', 5, ttlOf(world)),
      setIdentifier: 'bob',
      values: ['bob.example.net.'],
    };
    world.write(bob.length === 0 ? create(foreign) : bob.map((record) => ({ action: 'DELETE', record })));
  },
  'a member points elsewhere': ({ world }) => change(world, 'shift-target', { values: ['x.example.net.'] }),
  'a member deleted': ({ world, chance }) => {
    const [found] = recordsAt(world, www).filter(
      (record) => 'setIdentifier' in record && chance.happens(0.5),
    );
    if (found !== undefined) world.write([{ action: 'DELETE', record: found }]);
  },
  'all records deleted': ({ world }) => world.write(remove(world, www)),
  'another TTL': ({ world, chance }) => {
    const ttl = chance.pick([3, 5]);
    world.write(recordsAt(world, www).map((record) => ({ action: 'UPSERT', record: { ...record, ttl } })));
  },
  'another type': ({ world }) =>
    world.write([...remove(world, www), ...create({ name: www, type: 'A', ttl: 2, values: ['192.0.2.1'] })]),
  'a plain record to the source': ({ world }) => replace(world, herokuTarget),
  'a plain record to the target': ({ world }) => replace(world, albTarget),
  'a plain record elsewhere': ({ world }) => replace(world, 'cdn.example.net.'),
  'the marker deleted': ({ world }) => world.write(remove(world, marker)),
  'an older marker copied back': ({ world, chance, markers }) =>
    rewriteMarker(world, () => chance.pick(markers)),
  "another migration's marker": ({ world }) =>
    rewriteMarker(world, (text) =>
      text.replace(/ id=\S+/, ' id=other-1').replace(/ intent=\S+/, ' intent=x'),
    ),
  'a marker that is none': ({ world }) => rewriteMarker(world, () => 'hello'),
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

/** One edit; counted only when Route 53 took it. */
export function editAtRandom(bench: Bench, names: readonly string[] = editNames): void {
  const name = bench.chance.pick(names);
  const before = bench.world.zones.records(bench.world.zoneId);
  try {
    edits[name]?.(bench);
  } catch {
    // Route 53 refused it, or there is nothing yet that it could be done to.
    return;
  }
  const after = bench.world.zones.records(bench.world.zoneId);
  if (JSON.stringify(before) !== JSON.stringify(after)) bench.chance.count(name);
}

/** The marker that stands there now, for a later copy. */
export function standingMarker(world: World): string {
  return markerText(world);
}

function reweigh(world: World, target: number, source: number = 100 - target): void {
  const ttl = ttlOf(world);
  if (!hasPair(world)) return;
  world.write([
    { action: 'UPSERT', record: member('source', source, ttl) },
    { action: 'UPSERT', record: member('target', target, ttl) },
  ]);
}

function change(world: World, identifier: string, values: object): void {
  const found = recordsAt(world, www).find(
    (record) => (record as { setIdentifier?: string }).setIdentifier === identifier,
  );
  if (found !== undefined) world.write([{ action: 'UPSERT', record: { ...found, ...values } }]);
}

function replace(world: World, target: string): void {
  world.write([...remove(world, www), ...create(cname(www, target, 2))]);
}

/** A colleague does not wait: what is refused is refused. */
function applied(world: World, batch: Parameters<World['apply']>[0]): void {
  void world.apply(batch);
}

function hasPair(world: World): boolean {
  return recordsAt(world, www).some((record) => 'setIdentifier' in record);
}

function ttlOf(world: World): number {
  return (recordsAt(world, www)[0] as { ttl?: number } | undefined)?.ttl ?? 1;
}
