import { defineConfig } from 'vitest/config';

/** Whole worlds on real wires: a lab, the product in processes of its own, often several at once. */
const wire = ['test/scenarios/**/*.test.ts', 'test/cli/shell*.test.ts'];

/** Tests that hold the product to the times of lab.yaml, or whose end depends on how many requests users manage to send. */
const timed = [
  'test/scenarios/demo-{healthy,target-errors,output}.test.ts',
  'test/scenarios/capacity.test.ts',
  'test/scenarios/evidence-*.test.ts',
];

/** A world sleeps nine tenths of its time, so two cores bear several; the waits of their tests end well before this. */
const wireTimeoutMs = 240_000;

// Groups run one after the other, so that what measures time never competes with what only needs the processor.
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Real sockets on a shared machine: a stall of the machine is tried once more, and the reporter says so. Locally every failure shows.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: wire,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'wire',
          include: wire,
          exclude: timed,
          testTimeout: wireTimeoutMs,
          maxWorkers: 3,
          maxConcurrency: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'timed',
          include: timed,
          testTimeout: wireTimeoutMs,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
