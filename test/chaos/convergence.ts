import { dayMs, hourMs, secondMs } from '../../src/lib/interval.js';
import { createPool } from '../../src/postgres/connection/pool.js';
import { differencesFromTruth, missingConversations } from '../support/program.js';
import { type Comparison, compareWarehouses } from './compare.js';
import { type Ended, startProgram } from './extractors.js';
import { type AfterStorm, stormDatabase } from './storm.js';

export interface Outcome {
  /** Undisturbed runs that the stormed warehouse needed. */
  readonly runs: number;
  readonly comparison: Comparison;
  /** Conversations that differ from what the sandbox returns, or are missing. */
  readonly untrue: readonly string[];
  readonly missing: readonly string[];
  readonly conversations: number;
  /** Slices that are pending although every run said that it is done. */
  readonly pending: readonly string[];
  readonly deadLetters: readonly string[];
  readonly failures: readonly string[];
}

const referenceDatabase = 'reference';
/** Reaches beyond the last pass of any stream: then every slice is due once more, and nothing after it. */
const quietMs = 33 * dayMs;
const roundsMax = 5;
const runMsMax = 600 * secondMs;

/** Compares after the storm: ordinary runs, then the stormed warehouse against the truth and against one that never saw a storm. */
export async function proveConvergence(after: AfterStorm, isBrief: boolean): Promise<Outcome> {
  const { sandbox, server } = after;
  const endMs = Math.ceil(sandbox.now().getTime() / dayMs) * dayMs;
  const atMs = Math.floor((sandbox.now().getTime() + quietMs) / dayMs) * dayMs + 12 * hourMs;
  const range = ['--from', iso(after.firstMs), '--to', iso(isBrief ? endMs : atMs)];
  const command = isBrief ? ['backfill', ...range] : ['sync'];
  const task = { after, command, atMs, toMs: isBrief ? endMs : atMs };
  sandbox.setNow(new Date(atMs));
  await server.withClient('postgres', (client) => client.query(`create database ${referenceDatabase}`));
  const failures: string[] = [];
  await after.reader.stay();
  const [runs] = await Promise.all([
    untilDone({ ...task, database: stormDatabase, port: after.proxyPort }, failures),
    fill({ ...task, database: referenceDatabase, port: server.port }, range, failures),
  ]);
  if (!(await after.reader.leave()))
    after.counters.misbehaved.push('The hostile reader lost its sessions after the storm.');
  const pools = [stormDatabase, referenceDatabase].map((name) =>
    createPool({ connectionString: server.url(name), applicationName: 'chaos', max: 2, statementTimeoutMs: 0 }),
  );
  const [storm, reference] = pools as [ReturnType<typeof createPool>, ReturnType<typeof createPool>];
  try {
    const untrue = await differencesFromTruth(storm, sandbox);
    const { rows } = await storm.query('select count(*)::int as count from genesys.conversations');
    return {
      runs,
      failures,
      comparison: await compareWarehouses(storm, reference),
      // The sandbox's world does not know what was restated from outside; the reference warehouse does.
      untrue: untrue.filter((id) => !after.restated.has(id)),
      missing: await missingConversations(
        storm,
        sandbox,
        new Date(after.firstMs),
        new Date((isBrief ? endMs : atMs) - hourMs),
      ),
      conversations: rows[0].count,
      pending: await readPending(storm, task),
      deadLetters: await readDeadLetters(storm),
    };
  } finally {
    for (const pool of pools) await pool.end();
  }
}

interface Task {
  readonly after: AfterStorm;
  readonly command: readonly string[];
  readonly database: string;
  readonly port: number;
  readonly atMs: number;
  /** Conversations that begin later are not compared. */
  readonly toMs: number;
}

/** Runs `sync`, each time with a `retry` of dead letters, until nothing is pending; returns how many runs it took. */
async function untilDone(task: Task, failures: string[]): Promise<number> {
  for (let round = 1; round <= roundsMax; round += 1) {
    const ended = await runOnce(task, task.command);
    await runOnce(task, ['retry']);
    const pending = await task.after.server.withClient(task.database, (client) =>
      client.query<{ text: string }>(pendingQuery, [new Date(task.atMs), new Date(task.toMs)]),
    );
    if (ended.status === 0 && pending.rowCount === 0) return round;
    failures.push(
      `${task.database}, run ${round}: ${tailOf(ended)}; pending: ${pending.rows.map((row) => row.text).slice(0, 3)}`,
    );
  }
  return roundsMax + 1;
}

/**
 * The reference, as current as one can be: a first pull sees old conversations through the data lake, hours behind; those are asked for once
 * more by the query, which the stormed warehouse has done while they were young, and open ones by id.
 */
async function fill(task: Task, range: readonly string[], failures: string[]): Promise<void> {
  await untilDone(task, failures);
  await runOnce(task, ['backfill', ...range, '--stream', 'conversations']);
  await task.after.server.withClient(task.database, (client) =>
    client.query(`delete from extract.slices where stream = 'open_conversations'`),
  );
  await untilDone(task, failures);
}

async function runOnce({ after, database, port, atMs }: Task, args: readonly string[]): Promise<Ended> {
  const environment = { ...after.environment, DATABASE_URL: after.server.url(database, port) };
  const child = startProgram(args, { orgMs: atMs, machineMs: 0, factor: 0 }, environment);
  const timer = setTimeout(() => child.kill('SIGKILL'), runMsMax);
  try {
    return await child.ended;
  } finally {
    clearTimeout(timer);
  }
}

const iso = (ms: number) => new Date(ms).toISOString();

function tailOf({ status, signal, errors }: Ended): string {
  return `${signal ?? `status ${status}`} ${errors.trim().split('\n').slice(-2).join(' | ').slice(0, 1_000)}`;
}

/** Due, and not merely waiting for data that the API does not have yet. */
const pendingQuery = `
select stream || ' ' || slice_from || ' ' || coalesce(last_error, '') as text from extract.slices
where due_at <= $1 and slice_from < $2 and (attempts > 0 or retry_at is null or retry_at > $1::timestamptz + interval '2 hours' or slice_to < $1::timestamptz - interval '2 days')
order by slice_from`;

async function readPending(
  pool: ReturnType<typeof createPool>,
  { atMs, toMs }: Pick<Task, 'atMs' | 'toMs'>,
): Promise<string[]> {
  const { rows } = await pool.query<{ text: string }>(pendingQuery, [new Date(atMs), new Date(toMs)]);
  return rows.map((row) => row.text);
}

/** Reads dead letters. One of a record without an id stays for a person, because the record cannot be recognized later. */
async function readDeadLetters(pool: ReturnType<typeof createPool>): Promise<string[]> {
  const { rows } = await pool.query<{ text: string }>(
    `select stream || ' ' || record_id || ' ' || reason as text from extract.dead_letters where record_id is not null`,
  );
  return rows.map((row) => row.text);
}
