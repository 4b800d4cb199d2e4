import type pg from 'pg';
import { afterEach, beforeEach, expect } from 'vitest';
import { until } from '../service/support.js';
import { Gate } from '../support/gate.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { differencesFromTruth, environmentFor, type ProgramRun, runCommand, shortDelay } from '../support/program.js';
import { sandbox, smallSandboxAt, withSmallSandbox } from '../support/small-sandbox.js';

/** Everything is pulled through gates, so that the API's host and the database can go away in the middle. */
export const sync = ['sync', '--stream', 'conversations', 'conversation_history', 'queue_aggregates'];
const linesMax = 10;
export const requestsBefore = 12;

export let apiGate: Gate;
export let databaseGate: Gate;
export let database: TestDatabase;
export let pool: pg.Pool;
export let environment: Record<string, string>;

/** Gives each test of a file a database of its own behind gates that are open. */
export function withGates(): void {
  withSmallSandbox();

  beforeEach(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url);
    apiGate = new Gate(sandbox.url);
    databaseGate = new Gate(database.url);
    await Promise.all([apiGate.open(), databaseGate.open()]);
    environment = {
      ...environmentFor(sandbox, databaseGate.urlOf(database.url)),
      GENESYSCLOUD_API_URL: apiGate.urlOf(sandbox.url),
      GENESYS_WAREHOUSE_API_INSECURE: 'on',
      GENESYS_WAREHOUSE_START: '4d',
    };
    sandbox.resetRequests();
  });
  afterEach(async () => {
    sandbox.setFaults({});
    await Promise.all([apiGate.shut(), databaseGate.shut(), pool.end()]);
    await database.drop();
  });
}

export const dataRequests = () => sandbox.requests().filter(({ path }) => path.startsWith('/api/')).length;

/** `sync`, to which `outage` happens as soon as some requests were answered. */
export async function syncInto(
  outage: () => Promise<void> | void,
  extra: Record<string, string> = {},
): Promise<ProgramRun> {
  const silence = { everyMs: 50, answerMsMax: 1_000 };
  const running = runCommand(sync, sandbox, { ...environment, ...extra }, undefined, shortDelay, silence);
  await until(() => dataRequests() >= requestsBefore);
  await outage();
  return running;
}

interface Line {
  readonly level: string;
  readonly msg: string;
}

export const linesOf = ({ output }: ProgramRun): Line[] =>
  output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
export const faultsOf = (run: ProgramRun) => linesOf(run).filter(({ level }) => level === 'error');

/** Nothing is charged to any slice, everything stays due, and the run says so in one line of few. */
export async function expectOneCondition(run: ProgramRun, status: number, about: RegExp): Promise<void> {
  expect({ status: run.status, output: run.output }).toMatchObject({ status });
  expect(linesOf(run).length).toBeLessThanOrEqual(linesMax);
  expect(faultsOf(run).map(({ msg }) => msg)).toEqual([expect.stringMatching(about)]);
  await expectNothingCharged();
}

export async function expectNothingCharged(): Promise<void> {
  const charged = await pool.query(
    `select stream, slice_from, attempts, last_error from extract.slices
     where attempts > 0 or last_error is not null`,
  );
  expect(charged.rows).toEqual([]);
  const due = await pool.query('select count(*)::int as count from extract.slices where due_at <= $1', [
    smallSandboxAt,
  ]);
  expect(due.rows[0].count).toBeGreaterThan(0);
}

export async function statusOf(): Promise<{ outage: { since: string; reason: string } | null }> {
  const run = await runCommand(['status', '--json'], sandbox, environment);
  return JSON.parse(run.output);
}

export async function expectRecovery(): Promise<void> {
  expect(await runCommand(sync, sandbox, environment)).toMatchObject({ status: 0 });
  expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
  expect((await statusOf()).outage).toBeNull();
}

export const port = () => Number(new URL(sandbox.url).port);
export const gateway = 'http://gateway.example.test';
