import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { Timing } from '../../src/cli/app/command.js';
import { runProgram } from '../../src/cli/program.js';
import type { SilenceLimits } from '../../src/postgres/connection/silence.js';
import type { Sandbox } from '../../src/sandbox/index.js';
import { type StoredRecord, storedRecords } from './stored-records.js';

export interface ProgramRun {
  readonly status: number;
  readonly output: string;
}

const directory = fileURLToPath(new URL('../../', import.meta.url));

/** The variables that point the program at a sandbox and a database. */
export function environmentFor(sandbox: Sandbox, databaseUrl: string): Record<string, string> {
  return {
    GENESYSCLOUD_API_URL: sandbox.url,
    GENESYSCLOUD_OAUTHCLIENT_ID: sandbox.clientId,
    GENESYSCLOUD_OAUTHCLIENT_SECRET: sandbox.clientSecret,
    GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE: '10000',
    DATABASE_URL: databaseUrl,
  };
}

/** Waits for nothing; a signal that has aborted ends it as it ends a real wait. */
export const noDelay: Timing = {
  sleep: async (_ms, signal) => {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  },
  random: () => 0.5,
};

/** Waits so little that a test does not notice, and yet not in a loop that takes the processor for itself. */
export const shortDelay: Timing = {
  sleep: async (_ms, signal) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    signal?.throwIfAborted();
  },
  random: () => 0.5,
};

/** Runs a command in this process on the sandbox's clock; the environment is the given one alone. */
export async function runCommand(
  args: readonly string[],
  sandbox: Sandbox,
  environment: Record<string, string>,
  signal: AbortSignal = new AbortController().signal,
  timing: Timing = noDelay,
  silence?: SilenceLimits,
): Promise<ProgramRun> {
  const lines: string[] = [];
  const status = await runProgram(args, {
    directory,
    now: () => sandbox.now(),
    signal,
    print: (text) => lines.push(text),
    isTerminal: false,
    environment,
    figuresKeptMs: 100,
    timing,
    ...(silence && { silence }),
    writeLog: (line) => lines.push(line),
  });
  return { status, output: lines.join('\n') };
}

export interface Child {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Exit status, or the signal that ended it. */
  readonly ended: Promise<{
    readonly status: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly errors: string;
  }>;
}

/** Starts a process that runs a command with its clock frozen at `now`. */
export function spawnCommand(args: readonly string[], now: Date, environment: Record<string, string>): Child {
  const script = fileURLToPath(new URL('./program-at.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, now.toISOString(), ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    ended: new Promise((resolve) => child.on('close', (status, signal) => resolve({ status, signal, errors }))),
  };
}

/** Every physical row version of schema genesys: equal before and after when nothing was written, not even the same values again. */
export async function rowVersions(pool: pg.Pool): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ name: string }>(
    `select format('genesys.%I', relname) as name from pg_class where relnamespace = 'genesys'::regnamespace and relkind = 'r' order by 1`,
  );
  const versions: Record<string, string> = {};
  for (const { name } of rows) {
    const found = await pool.query(
      `select count(*) || ' ' || coalesce(md5(string_agg(ctid::text || xmin::text, ',' order by ctid)), '') as version from ${name}`,
    );
    versions[name] = found.rows[0].version;
  }
  return versions;
}

const conversationsPerRead = 500;
/** Number of conversations of each read that the function in SQL rebuilds as well; it is slow. */
const rebuiltInSql = 10;

/**
 * Finds conversations that differ from what the sandbox would have returned at each row's as-of instant. That is when the
 * request was sent: against a sandbox whose clock runs, an answer shows what happened up to `withinMs` later as well.
 */
export async function differencesFromTruth(pool: pg.Pool, sandbox: Sandbox, withinMs = 0): Promise<string[]> {
  const { rows: stored } = await pool.query<{ id: string }>('select conversation_id as id from genesys.conversations');
  const different: string[] = [];
  const client = await pool.connect();
  try {
    for (let from = 0; from < stored.length; from += conversationsPerRead) {
      const ids = stored.slice(from, from + conversationsPerRead).map(({ id }) => id);
      const records = await storedRecords(client, ids);
      if (records.length !== ids.length) throw new Error('Some conversations have no entry in the ledger of versions.');
      for (const { id, asOf, record } of [...records, ...(await recordsInSql(client, ids.slice(0, rebuiltInSql)))]) {
        const found = canonical(withoutAttributes(record));
        const instants = Array.from({ length: withinMs / 10 + 1 }, (_, at) => asOf.getTime() + at * 10);
        const conversation = sandbox.world.conversationById(id);
        if (!instants.some((ms) => canonical(conversation?.render(ms, false)) === found)) different.push(id);
      }
    }
  } finally {
    client.release();
  }
  return different;
}

async function recordsInSql(client: pg.ClientBase, ids: readonly string[]): Promise<StoredRecord[]> {
  const { rows } = await client.query<StoredRecord>(
    `select conversation_id as id, conversations.as_of as "asOf", genesys.conversation_json(conversation_id) as record
     from genesys.conversations join extract.stored_conversations using (conversation_id) where conversation_id = any($1)`,
    [ids],
  );
  return rows;
}

/** Ids of conversations that began in [from, to) and are not stored. */
export async function missingConversations(pool: pg.Pool, sandbox: Sandbox, from: Date, to: Date): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select conversation_id as id from genesys.conversations');
  const stored = new Set(rows.map((row) => row.id));
  const day = 86_400_000;
  const missing: string[] = [];
  for (let at = Math.floor(from.getTime() / day) * day; at < to.getTime(); at += day) {
    for (const { id, startMs } of sandbox.world.conversationsOfDay(at)) {
      if (startMs >= from.getTime() && startMs < to.getTime() && !stored.has(id)) missing.push(id);
    }
  }
  return missing;
}

function withoutAttributes(record: object): unknown {
  const { participants } = record as { participants?: Record<string, unknown>[] };
  if (participants === undefined) return record;
  return { ...record, participants: participants.map(({ attributes: _, ...rest }) => rest) };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
