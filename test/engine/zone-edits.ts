import { expect } from 'vitest';
import { member, World, www } from './world.js';

export const marker: string = `_shift.${www}`;

type Edit = { action: string; record: object };

/** The record sets that stand at a name now, in the form `write` takes. */
export function recordsAt(world: World, name: string): object[] {
  return (world.zones.records(world.zoneId) ?? []).filter((record) => record.name === name);
}

export function remove(world: World, name: string): Edit[] {
  return recordsAt(world, name).map((record) => ({ action: 'DELETE', record }));
}

export function create(...records: object[]): Edit[] {
  return records.map((record) => ({ action: 'CREATE', record }));
}

/** A migration at 25% that halted because of what somebody did to the zone. */
export async function halted(
  edit: (world: World) => void,
  world: World = new World(),
): Promise<[World, string]> {
  const id = await world.startedAt(25);
  edit(world);
  expect((await world.ticks(id, 2)).phase.phase).toBe('halted');
  return [world, id];
}

/** A colleague changes both weights in the console. */
export function weights(world: World, target: number, source: number = 100 - target): void {
  world.write([
    { action: 'UPSERT', record: member('source', source) },
    { action: 'UPSERT', record: member('target', target) },
  ]);
}

export function markerText(world: World): string {
  return (world.standing(marker)[0] ?? '')
    .replace(/^TXT "/, '')
    .replace(/" \d+$/, '')
    .replaceAll('" "', '');
}

/** Another controller, or somebody, writes other words into the marker. */
export function rewriteMarker(world: World, change: (text: string) => string): void {
  const text = change(markerText(world));
  const parts = (text.match(/.{1,255}/g) ?? []).map((part) => `"${part}"`).join(' ');
  world.write([...remove(world, marker), ...create({ name: marker, type: 'TXT', ttl: 2, values: [parts] })]);
}
