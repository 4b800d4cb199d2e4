/** Notices members of a federated database that stop answering while they work on a statement. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { createPool } from '../connection/pool.js';
import { isFederation } from './target.js';

/** A statement that takes longer has its members asked beside it. With the time to ask one, an error comes within 15 seconds. */
const askAfterMs = 4_000;
/** Longer than the database takes to find out that a member is silent. */
const askMsMax = 20_000;
/** The SQLSTATE by which the database itself names a member that does not answer before a statement begins. */
const missingMember = 'HV00N';
/** A statement that ran out of time, or was cancelled by hand. */
const cancelled = '57014';

export interface MemberWatch {
  /**
   * Resolves to what `work` resolves to. Rejects with an error that names the members that do not answer, where `work` takes long and some
   * do not; `work` is then left to its own time-out, and its outcome is ignored.
   */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** Opens a watch on the members of a federated database; on a warehouse, one that does nothing. */
export async function openMemberWatch(pool: pg.Pool, role?: string): Promise<MemberWatch> {
  if (!(await isFederation(pool))) return { during: (work) => work, close: async () => {} };
  const own = createPool({
    connectionString: pool.options.connectionString ?? '',
    applicationName: 'genesys-warehouse member watch',
    max: 1,
    statementTimeoutMs: askMsMax,
    ...(role !== undefined && { session: `set role ${pg.escapeIdentifier(role)}` }),
  });
  return { during: (work) => raceWithMembers(own, work), close: () => own.end() };
}

async function raceWithMembers<T>(pool: pg.Pool, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const asking = new Asking(pool);
  try {
    return await Promise.race([work, rejectWhenMissing(asking, done.signal)]);
  } catch (error) {
    // The statement's own time-out may come while the members are asked.
    const missing = (error as { code?: string }).code === cancelled ? await asking.latest() : [];
    throw missing.length > 0 ? missingError(missing) : error;
  } finally {
    done.abort();
    // Its outcome has been reported, or is of no interest any more.
    work.catch(() => {});
  }
}

/** Asks again and again until `signal`. */
async function rejectWhenMissing(asking: Asking, signal: AbortSignal): Promise<never> {
  while (!signal.aborted) {
    await pause(askAfterMs, undefined, { signal, ref: false }).catch(() => {});
    const missing = signal.aborted ? [] : await asking.ask();
    if (missing.length > 0) throw missingError(missing);
  }
  return new Promise(() => {});
}

/** A failure to ask is left to the statement itself. */
class Asking {
  readonly #pool: pg.Pool;
  #latest: Promise<Missing[]> = Promise.resolve([]);

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  ask(): Promise<Missing[]> {
    this.#latest = readMissing(this.#pool).catch(() => []);
    return this.#latest;
  }

  /** The answer that came last, or is on its way. */
  latest(): Promise<Missing[]> {
    return this.#latest;
  }
}

interface Missing {
  readonly name: string;
  readonly reason: string;
}

async function readMissing(pool: pg.Pool): Promise<Missing[]> {
  const { rows } = await pool.query<Missing>(
    `select member_name as name, missing_reason as reason from mart.ops_members where not is_answering order by 1`,
  );
  return rows;
}

function missingError(missing: readonly Missing[]): Error {
  const sentences = missing.map(({ name, reason }) => `Member ${name} does not answer (${reason}).`);
  return Object.assign(new Error(sentences.join(' ')), { code: missingMember });
}
