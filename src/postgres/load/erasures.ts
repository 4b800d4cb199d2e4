/** Registers erasures and applies them to everything that is stored later, including data pulled before. */

import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { type FlatConversation, flatten } from '../../conversation/flatten.js';
import { parseJson } from '../../lib/json.js';
import type { EntityBatch, EntityRow, Reject } from '../../model/extraction.js';
import { createEraser, type Eraser, type Erasure, erasedText } from '../../privacy/eraser.js';
import { closeGate, passGate } from '../connection/locks.js';
import { refuseNewerSchema } from '../schema/program-version.js';

const saltSetting = 'erasure_salt';
const saltBytes = 32;

/** Caches the erasures of one store; read again when a new erasure is registered. */
export interface ErasureCache {
  version: string;
  eraser: Eraser | undefined;
}

export const noErasures = (): ErasureCache => ({ version: '0', eraser: undefined });

/**
 * Returns the erasures that apply to the caller's storing transaction; undefined when there are none. Takes their lock shared, so that
 * a new erasure takes effect between two commits and is seen by every later one.
 */
export async function loadErasures(client: pg.ClientBase, cache: ErasureCache): Promise<Eraser | undefined> {
  await passGate(client, 'storing');
  await refuseNewerSchema(client);
  const { rows } = await client.query<{ version: string }>(
    'select coalesce(max(erasure_id), 0)::text as version from extract.erasures',
  );
  const version = rows[0]?.version ?? '0';
  if (version !== cache.version) {
    cache.eraser = await readEraser(client);
    cache.version = version;
  }
  return cache.eraser;
}

async function readEraser(client: pg.ClientBase): Promise<Eraser> {
  const { rows } = await client.query<Erasure>('select subject, digest, policy from extract.erasures');
  return createEraser(rows, await erasureSalt(client));
}

/** Returns the salt of the digests, which is generated once in the life of a database. */
export async function erasureSalt(client: pg.ClientBase): Promise<string> {
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
  for (const { subject, digest, policy } of erasures) {
    // A new policy is a new row: its higher id makes every process read the erasures again.
    await client.query('delete from extract.erasures where subject = $1 and digest = $2 and policy <> $3', [
      subject,
      digest,
      policy,
    ]);
    await client.query(
      `insert into extract.erasures (subject, digest, policy, erased_at) values ($1, $2, $3, $4)
       on conflict (subject, digest) do nothing`,
      [subject, digest, policy, now],
    );
  }
}

/** Returns the conversation as it may be stored: the same object where nobody in it was erased. */
export function erasedFlat(flat: FlatConversation, eraser: Eraser): FlatConversation {
  const erased = eraser.conversation(flat.record);
  return erased === undefined ? flat : flatten(erased);
}

export function erasedReject(reject: Reject, eraser: Eraser): Reject {
  const erased = eraser.entity(parseJson(reject.record) ?? reject.record);
  return erased === undefined ? reject : { ...reject, record: JSON.stringify(erased) };
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

/** Removes personal data from imported survey answers whose conversations contain an erased person. */
export async function withoutErased<S extends Survey>(
  db: pg.Pool | pg.ClientBase,
  surveys: readonly S[],
): Promise<S[]> {
  const any = await db.query('select from extract.erasures limit 1');
  if (any.rowCount === 0) return [...surveys];
  const { rows } = await db.query<Erasure>('select subject, digest, policy from extract.erasures');
  const salt = await db.query<{ value: string }>('select value from extract.settings where name = $1', [saltSetting]);
  const eraser = createEraser(rows, salt.rows[0]?.value ?? '');
  return surveys.map((survey) => {
    const { conversationId, comment, fields } = survey;
    if (eraser.conversation({ conversationId, comment, fields }) === undefined) return survey;
    return { ...survey, comment: comment === null ? null : erasedText, fields: {} };
  });
}
