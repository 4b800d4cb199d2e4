import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly run?: string;
  readonly slice?: string;
  readonly stream?: string;
  readonly operation?: string;
}

let sandbox: Sandbox;
let database: TestDatabase;
let lines: readonly Line[];

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 5, conversationsPerDay: 100, agents: 8, requestsPerMinute: 'unlimited' });
  sandbox.setFaults({ http5xx: { rate: 1, status: 501, body: 'json', path: '/conversations/aggregates' } });
  database = await migratedDatabase();
  const environment = {
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_LOG_LEVEL: 'debug',
    GENESYS_WAREHOUSE_START: '1d',
  };
  const streams = ['directory', 'conversations', 'queue_aggregates'];
  const { status, output } = await runCommand(['sync', '--stream', ...streams], sandbox, environment);
  expect(status).toBe(1);
  lines = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
});
afterAll(async () => {
  await database.drop();
  await sandbox.close();
});

test('every line of a run carries the id of the run', () => {
  const runs = new Set(lines.map(({ run }) => run));
  expect(lines.length).toBeGreaterThan(20);
  // Before the run there is only the question how late it is at Genesys, for which one has to log in.
  const before = lines.findIndex(({ run }) => run !== undefined);
  expect(lines.slice(0, before).every(({ operation }) => operation !== undefined)).toBe(true);
  expect(lines.slice(before).filter(({ run }) => run === undefined)).toEqual([]);
  expect(runs.size).toBeLessThanOrEqual(2);
});

test('every line of a slice carries the ids of the slice and its stream, also those of its requests', () => {
  const ofSlices = lines.filter(({ msg, operation }) => msg.startsWith('Slice ') || operation !== undefined);
  expect(ofSlices.some(({ operation }) => operation !== undefined)).toBe(true);
  expect(ofSlices.some(({ level }) => level === 'error')).toBe(true);
  // Asked once for the whole run: who logs in, and which organisation answers.
  const isOfRun = ({ operation }: Line) => operation === 'login' || operation === 'organization';
  expect(ofSlices.filter((line) => !isOfRun(line) && (!line.slice || !line.stream))).toEqual([]);
  const streamsOfSlice = new Map<string, Set<string>>();
  for (const { slice, stream } of ofSlices)
    if (slice && stream) streamsOfSlice.set(slice, (streamsOfSlice.get(slice) ?? new Set()).add(stream));
  expect([...streamsOfSlice.values()].every((streams) => streams.size === 1)).toBe(true);
  expect(streamsOfSlice.size).toBeGreaterThan(3);
});
