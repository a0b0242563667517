import { describe, expect, test } from 'vitest';
import { patientPolicy, shortPolicy } from './policies.js';
import type { Product } from './product.js';
import { WiredLab } from './wired-lab.js';
import { changesOf, markerOf, shortMigration, standing, writesOf } from './writes.js';

/** Brings a migration that `start --watch` drives to the instant at which its process shall die. */
type Reach = (world: WiredLab, start: () => Promise<Product>) => Promise<Product>;

const inFlight = 'taking over, its request still on the way to Route 53';

const instants: [string, Reach][] = [
  [
    inFlight,
    async (world, start) => {
      // Once it has begun: what is written before that is the proof in the zone.
      const product = await start();
      await world.strikeNextWrite('delay', 900);
      return product;
    },
  ],
  [
    'settling at 50 %',
    async (_world, start) => {
      const product = await start();
      await product.told('change-accepted', 2);
      return product;
    },
  ],
  [
    'shifting to 100 %, accepted by Route 53 and the reply unread',
    async (world, start) => {
      const product = await start();
      await world.written(2);
      await world.strikeNextWrite('drop-reply');
      return product;
    },
  ],
  [
    'observing at 100 %',
    async (_world, start) => {
      const product = await start();
      await product.told('settled', 3);
      return product;
    },
  ],
  [
    'finalizing, in the instant in which Route 53 accepts',
    async (world, start) => {
      const product = await start();
      await world.written(4);
      return product;
    },
  ],
];

describe.concurrent(
  'kill -9 of the process, then ticks until done, ends in the same records with every step made once',
  () => {
    test.for(instants)('%s', async ([instant, reach]) => {
      await using world = await WiredLab.open();
      const product = await reach(world, async () =>
        world.watch(await world.file('short.yaml', shortPolicy)),
      );
      await product.end('SIGKILL');
      await world.tickUntil(/✔ completed/);
      expect(writesOf(world.lab)).toEqual(shortMigration);
      expect(standing(world.lab)).toEqual(['CNAME 1 target']);
      expect(markerOf(world.lab)).toContain('state=ended gen=4 ');
      // Only where the request lands after the next process has read the zone is there a second try, and Route 53 refuses it.
      const possible = instant === inFlight ? ['InvalidChangeBatch', 'PriorRequestNotComplete'] : [];
      expect(codesOfRefusals(world).filter((code) => !possible.includes(code))).toEqual([]);
    });
  },
);

describe.concurrent('kill -9 while rolling back, then ticks, puts everything back to the source once', () => {
  test.for([
    ['its request still on the way', 'delay', 700],
    ['its request lost', 'drop-request', undefined],
    ['accepted and the reply unread', 'drop-reply', undefined],
  ] as const)('%s', async ([, fault, delayMs]) => {
    await using world = await WiredLab.open();
    const product = await world.watch(await world.file('patient.yaml', patientPolicy));
    await world.written(2);
    await product.told('settled', 2);
    const struck = world.strikeNextWrite(fault, delayMs);
    await world.lab.target.origin.change({ dead: true });
    await struck;
    await product.end('SIGKILL');
    await world.tickUntil(/↺ rolled back/);
    expect(writesOf(world.lab).map(({ gives }) => gives)).toEqual([0, 10, 'source']);
    expect(markerOf(world.lab)).toContain('state=ended');
    expect(standing(world.lab)).toEqual(['CNAME 1 source']);
    const { code } = await world.run(['tick', world.lab.host, '--exit-code']);
    expect(code).toBe(4);
  });
});

function codesOfRefusals(world: WiredLab): readonly string[] {
  return changesOf(world.lab).flatMap(({ outcome }) => (outcome.kind === 'refused' ? [outcome.code] : []));
}
