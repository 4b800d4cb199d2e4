/** Registers erasures and applies them to everything that is stored later, including data pulled before. */

import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { DeferredError } from '../../lib/errors.js';
import { parseJson } from '../../lib/json.js';
import type { EntityBatch, EntityRow, Reject } from '../../model/extraction.js';
import { createEraser, type Eraser, type Erasure, erasedText } from '../../privacy/eraser.js';
import { closeGate, passGate } from '../connection/locks.js';
import { refuseNewerSchema } from '../schema/program-version.js';

type Queryable = Pick<pg.ClientBase, 'query'>;

const saltSetting = 'erasure_salt';
const saltBytes = 32;

/** People who were erased, as of one moment. What was read under them may be stored while nobody else was erased. */
export interface Erasures {
  /** Highest id of `extract.erasures`, as text. */
  readonly version: string;
  /** Undefined while nobody was erased. */
  readonly eraser: Eraser | undefined;
}

export const noErasures: Erasures = { version: '0', eraser: undefined };

/** Returns the erasures as they are now; `known` where no other was registered since. */
export async function readErasures(client: Queryable, known: Erasures): Promise<Erasures> {
  const version = await readVersion(client);
  return version === known.version ? known : { version, eraser: await readEraser(client) };
}

/**
 * Makes sure in a storing transaction that nobody was erased since `erasures` were read. Passes the gate that a new erasure closes, so
 * that none takes effect until the transaction has ended. Throws ErasuresChangedError.
 */
export async function requireErasures(client: pg.ClientBase, { version }: Erasures, now: Date): Promise<void> {
  await passGate(client, 'storing');
  await refuseNewerSchema(client);
  if ((await readVersion(client)) !== version) throw new ErasuresChangedError(now);
}

/** A person was erased between reading and storing: what was read has to be read, or erased, again. Nothing was stored. */
export class ErasuresChangedError extends DeferredError {
  constructor(now: Date) {
    super('A person was erased while this was being read; it is read again.', now);
  }
}

/** Bounds how often in a row a person may be erased between reading and storing. */
const readingsMax = 20;

/** Runs `work` with the current erasures, and again where somebody was erased before it had stored. */
export async function withErasures<T>(client: Queryable, work: (erasures: Erasures) => Promise<T>): Promise<T> {
  let erasures = noErasures;
  for (let readings = 1; ; readings += 1) {
    erasures = await readErasures(client, erasures);
    try {
      return await work(erasures);
    } catch (error) {
      if (!(error instanceof ErasuresChangedError) || readings === readingsMax) throw error;
    }
  }
}

/** Returns a function that takes erased people out of a conversation record; it returns the same record where none is in it. */
export function eraseFrom({ eraser }: Erasures): (record: unknown) => unknown {
  return eraser === undefined ? (record) => record : (record) => eraser.conversation(record) ?? record;
}

async function readVersion(client: Queryable): Promise<string> {
  const { rows } = await client.query<{ version: string }>(
    'select coalesce(max(erasure_id), 0)::text as version from extract.erasures',
  );
  return rows[0]?.version ?? noErasures.version;
}

async function readEraser(client: Queryable): Promise<Eraser> {
  const { rows } = await client.query<Erasure>('select subject, digest, policy from extract.erasures');
  return createEraser(rows, await erasureSalt(client));
}

/** Returns the salt of the digests, which is generated once in the life of a database. */
export async function erasureSalt(client: Queryable): Promise<string> {
  await client.query('insert into extract.settings (name, value) values ($1, $2) on conflict (name) do nothing', [
    saltSetting,
    randomBytes(saltBytes).toString('hex'),
  ]);
  const { rows } = await client.query<{ value: string }>('select value from extract.settings where name = $1', [
    saltSetting,
  ]);
  return rows[0]?.value as string;
}

/** Registers erasures in the caller's transaction, which waits for commits in progress; later commits see the erasures. */
export async function registerErasures(client: pg.ClientBase, erasures: readonly Erasure[], now: Date): Promise<void> {
  await closeGate(client, 'storing');
  const given = [
    erasures.map(({ subject }) => subject),
    erasures.map(({ digest }) => digest),
    erasures.map(({ policy }) => policy),
  ];
  // A new policy is a new row: its higher id makes every process read the erasures again.
  await client.query(
    `delete from extract.erasures using unnest($1::text[], $2::text[], $3::text[]) as given (subject, digest, policy)
     where erasures.subject = given.subject and erasures.digest = given.digest and erasures.policy <> given.policy`,
    given,
  );
  await client.query(
    `insert into extract.erasures (subject, digest, policy, erased_at)
     select subject, digest, policy, $4 from unnest($1::text[], $2::text[], $3::text[]) as given (subject, digest, policy)
     on conflict (subject, digest) do nothing`,
    [...given, now],
  );
}

/** A record that nobody can search is not kept as it came. */
export function erasedReject(reject: Reject, eraser: Eraser): Reject {
  try {
    const erased = eraser.entity(parseJson(reject.record) ?? reject.record);
    return erased === undefined ? reject : { ...reject, record: JSON.stringify(erased) };
  } catch (error) {
    // Nested deeper than the stack.
    if (!(error instanceof RangeError)) throw error;
    return { ...reject, record: JSON.stringify(erasedText) };
  }
}

/** Lists the columns of `genesys.users` that identify a person. */
export const personalUserColumns = ['name', 'email', 'username', 'title', 'department'] as const;

export function erasedEntities(batch: EntityBatch, eraser: Eraser): EntityBatch {
  if (!batch.idColumns.includes('user_id')) return batch;
  return { ...batch, rows: batch.rows.map((row) => erasedRow(row, eraser)) };
}

function erasedRow(row: EntityRow, eraser: Eraser): EntityRow {
  const policy = eraser.user(row.user_id);
  if (policy === undefined) return row;
  const copy: Record<string, unknown> = { ...row, extra: null };
  for (const column of personalUserColumns) {
    if (column in copy) copy[column] = policy === 'mask' && copy[column] !== null ? erasedText : null;
  }
  return copy;
}

interface Survey {
  readonly conversationId: string;
  readonly comment: string | null;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Removes personal data from an imported survey answer whose conversation contains an erased person. */
export function erasedSurvey<S extends Survey>(survey: S, { eraser }: Erasures): S {
  const { conversationId, comment, fields } = survey;
  if (eraser?.conversation({ conversationId, comment, fields }) === undefined) return survey;
  return { ...survey, comment: comment === null ? null : erasedText, fields: {} };
}
