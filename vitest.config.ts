import { defineConfig } from 'vitest/config';

/** Tests without a database: they share processes, so that imports are paid once. */
const unit = ['test/unit/**/*.test.ts', 'test/conversation/**/*.test.ts', 'test/genesys/**/*.test.ts'];
/** Proofs that take minutes: storms, sweeps, upgrades, ten thousand assignments. Not part of `npm test`. */
const long = ['test/long/**/*.test.ts'];
/** Properties of which the daily suite tries a part of the cases; the long suite runs these files with all cases. */
const properties = [
  'test/integration/{newest-wins,load-concurrent,load-roundtrip,ledger-property}.test.ts',
  'test/marts/day-sums.test.ts',
  'test/unit/span-merge.test.ts',
];
/** Measures shares of a minute, which is possible only while nothing else wants the processor. */
const measured = ['test/long/workers.test.ts'];

const extend = { extends: true } as const;

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    passWithNoTests: false,
    watch: false,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { ...extend, test: { name: 'unit', include: unit } },
      { ...extend, test: { name: 'integration', include: ['test/**/*.test.ts'], exclude: [...unit, ...long] } },
      { ...extend, test: { name: 'long', include: long, exclude: measured } },
      { ...extend, test: { name: 'properties', include: properties, env: { PROPERTY_RUNS: 'full' } } },
      { ...extend, test: { name: 'measured', include: measured, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
