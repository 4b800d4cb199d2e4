import { defineConfig } from 'vitest/config';
import { olderVersions, projectPrefix } from './test/support/postgres-versions.js';

/** Tests without a database. */
const unit = ['test/unit/**/*.test.ts', 'test/conversation/**/*.test.ts', 'test/genesys/**/*.test.ts'];
/** Proofs that take minutes: storms, sweeps, upgrades, ten thousand assignments. Not part of `npm test`. */
const long = ['test/long/**/*.test.ts'];
/** Properties of which the daily suite tries a part of the cases; the long suite runs these files with all cases. */
const properties = [
  'test/integration/{newest-wins,load-concurrent,load-roundtrip,ledger-property,request-budget,caps}.test.ts',
  'test/marts/{day-sums,intervals-synced}.test.ts',
  'test/dashboard/server.test.ts',
  'test/unit/span-merge.test.ts',
];
/** A storm of faults and kills, some minutes long. */
const storm = ['test/long/chaos.test.ts'];
/** Measures shares of a minute, which is possible only while nothing else wants the processor. */
const measured = ['test/long/processes/workers.test.ts'];

/**
 * What depends on the server, for the Postgres versions that the daily suite does not run on: loads, every stream, aggregates, marts, reconcile,
 * rebuilt facts, another time zone, prune, erase, roles, upgrades, kills, federation.
 */
const onEveryServer = [
  'test/integration/{aggregate-streams,aggregates,conversation-tables,directory,intervals,load,load-concurrent}.test.ts',
  'test/federation/federate.test.ts',
  'test/long/federation/{missing-members,rows}.test.ts',
  'test/integration/{locks,merge-slices,own-views,partitions,reconcile,restatements,sync,user-details}.test.ts',
  'test/marts/{contract,day-sums,dimension-tables,figures,intervals-synced,operations,stored-facts}.test.ts',
  'test/security/{erase,prune,roles}.test.ts',
  'test/long/processes/kill.test.ts',
  'test/long/upgrades/{locks,upgrade}.test.ts',
];

/** One more than two cores: a test waits a quarter of its time, for Postgres or for a timer. */
const dailyWorkers = 3;

const extend = { extends: true } as const;
/** Files run one after the other in the same process, so that imports are paid once a worker and not once a file. */
const sharedProcess = { isolate: false } as const;
/** Side by side, after the daily projects, which have another number of workers. */
const longRun = { sequence: { groupOrder: 2 } } as const;
const globalSetup = ['test/support/global-setup.ts'];
const versionSetup = ['test/support/version-setup.ts'];
/** One version after the other, each on all workers: a worker keeps its process as long as the project stays the same. */
const versionProject = (version: string, index: number) => ({
  ...extend,
  test: {
    name: `${projectPrefix}${version}`,
    include: onEveryServer,
    globalSetup: versionSetup,
    ...sharedProcess,
    sequence: { groupOrder: 4 + index },
  },
});

export default defineConfig({
  test: {
    passWithNoTests: false,
    watch: false,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    pool: 'forks',
    // Most of what a test allocates dies at once: with room for it, collecting it costs half.
    execArgv: ['--max-semi-space-size=64'],
    maxWorkers: 2,
    projects: [
      {
        ...extend,
        test: {
          name: 'unit',
          include: unit,
          globalSetup,
          ...sharedProcess,
          maxWorkers: dailyWorkers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...extend,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: [...unit, ...long],
          globalSetup,
          ...sharedProcess,
          maxWorkers: dailyWorkers,
        },
      },
      { ...extend, test: { name: 'long', include: long, exclude: [...measured, ...storm], globalSetup, ...longRun } },
      { ...extend, test: { name: 'storm', include: storm, globalSetup, ...longRun } },
      {
        ...extend,
        test: { name: 'properties', include: properties, globalSetup, env: { PROPERTY_RUNS: 'full' }, ...longRun },
      },
      {
        ...extend,
        test: { name: 'measured', include: measured, globalSetup, maxWorkers: 1, sequence: { groupOrder: 3 } },
      },
      ...olderVersions.map(versionProject),
    ],
  },
});
