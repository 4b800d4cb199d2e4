/** Erases a person from stored data. Each step commits separately and may be repeated. */

import { createHash } from 'node:crypto';
import pg from 'pg';
import { type FlatConversation, flatten } from '../../conversation/flatten.js';
import { relations } from '../../conversation/relations.js';
import { parseJson } from '../../lib/json.js';
import type { Page } from '../../model/extraction.js';
import { type Eraser, type Erasure, type ErasurePolicy, erasedText, erasureDigest } from '../../privacy/eraser.js';
import { transactionOn } from '../connection/transaction.js';
import { eraseFrom, personalUserColumns, registerErasures, withErasures } from '../load/erasures.js';
import { type Store, storePages } from '../load/store.js';

/** Rows that were or would be changed, by relation. */
export type EraseCounts = Map<string, number>;

export interface ErasePlan {
  readonly eraser: Eraser;
  readonly salt: string;
  readonly policy: ErasurePolicy;
  readonly isDryRun: boolean;
  /** True for a person outside the organization, whose whole conversations are erased, in later versions as well. */
  readonly isExternalContact: boolean;
  readonly now: Date;
}

const eraseStream = 'erase';
const conversationsPerCommit = 100;
const lettersPerRead = 200;

interface Stored {
  readonly id: string;
  readonly asOf: Date;
  readonly attributesAsOf: Date | null;
  readonly record: unknown;
}

/** Rewrites the conversations that contain the person, as if they had been pulled without them. Returns the conversations' ids. */
export async function eraseConversations(
  client: pg.PoolClient,
  store: Store,
  ids: readonly string[],
  plan: ErasePlan,
  counts: EraseCounts,
): Promise<string[]> {
  const concerned: string[] = [];
  for (const part of parts(ids)) concerned.push(...(await findConcerned(client, part, plan, counts)));
  if (plan.isDryRun) return concerned;
  // All at once, because each registration makes running pulls read again.
  if (plan.isExternalContact && concerned.length > 0) await registerConversations(client, concerned, plan);
  for (const part of parts(concerned)) await rewrite(client, store, part);
  return concerned;
}

function* parts(ids: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += conversationsPerCommit)
    yield ids.slice(from, from + conversationsPerCommit);
}

/** Returns the ids of the conversations that contain the person, and counts the rows that change. */
async function findConcerned(
  client: pg.ClientBase,
  ids: readonly string[],
  plan: ErasePlan,
  counts: EraseCounts,
): Promise<string[]> {
  const stored = await readRecords(client, ids);
  return stored.flatMap(({ id, record }) => {
    const erased = plan.eraser.conversation(record);
    if (erased === undefined) return [];
    countDifferences(flatten(record), flatten(erased), counts);
    return [id];
  });
}

async function registerConversations(client: pg.PoolClient, ids: readonly string[], plan: ErasePlan): Promise<void> {
  const erasures = ids.map((id): Erasure => {
    return { subject: 'conversation', digest: erasureDigest(plan.salt, 'conversation', id), policy: plan.policy };
  });
  await transactionOn(client, () => registerErasures(client, erasures, plan.now));
}

async function readRecords(client: pg.ClientBase, ids: readonly string[]): Promise<Stored[]> {
  const { rows } = await client.query<Stored>(
    `select conversation_id::text as id, as_of as "asOf", attributes_as_of as "attributesAsOf",
         genesys.conversation_json(conversation_id) as record
     from extract.stored_conversations where conversation_id = any($1::uuid[])`,
    [ids],
  );
  return rows.filter((row) => row.record !== null);
}

function countDifferences(before: FlatConversation, after: FlatConversation, counts: EraseCounts): void {
  const [old, young] = [before.rows, after.rows];
  for (const { index, name } of relations) {
    const others = young[index] ?? [];
    const changed = (old[index] ?? []).filter((row, at) => JSON.stringify(row) !== JSON.stringify(others[at]));
    add(counts, `genesys.${name}`, changed.length);
  }
  const others = after.attributes ?? [];
  const changed = (before.attributes ?? []).filter((row, at) => JSON.stringify(row) !== JSON.stringify(others[at]));
  add(counts, 'genesys.participant_attributes', changed.length);
}

const add = (counts: EraseCounts, name: string, count: number) => {
  if (count > 0) counts.set(name, (counts.get(name) ?? 0) + count);
};

/** Rewrites conversations under the current erasures, which include the person and all who were erased meanwhile. */
async function rewrite(client: pg.PoolClient, store: Store, ids: readonly string[]): Promise<void> {
  await withErasures(client, async (erasures) => {
    const stored = await readRecords(client, ids);
    const pages = stored.map((each) => pageOf(each, eraseFrom(erasures)));
    const slice = { stream: eraseStream, sliceId: null, erasures };
    await storePages(client, store, slice, pages, () => forgetRewriting(client, stored));
  });
}

function pageOf({ record, asOf, attributesAsOf }: Stored, erase: (record: unknown) => unknown): Page {
  const latest = attributesAsOf !== null && attributesAsOf > asOf ? attributesAsOf : asOf;
  const batches = [{ kind: 'conversations' as const, conversations: [flatten(erase(record))] }];
  return { asOf: latest, batches, rejects: [], cursor: {}, recordCount: 1 };
}

/** Removes the restatements that the rewriting recorded and restores the as-of instants: Genesys has restated nothing. */
async function forgetRewriting(client: pg.ClientBase, stored: readonly Stored[]): Promise<void> {
  await client.query(
    `delete from extract.restatement_figures where restatement_id in (
         select restatement_id from extract.restatements where stream = $1)`,
    [eraseStream],
  );
  await client.query('delete from extract.restatements where stream = $1', [eraseStream]);
  const values = [
    stored.map((each) => each.id),
    stored.map((each) => each.asOf),
    stored.map((each) => each.attributesAsOf),
  ];
  await client.query(
    `update extract.stored_conversations as stored
     set as_of = former.as_of, attributes_as_of = coalesce(former.attributes_as_of, stored.attributes_as_of)
     from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as former (conversation_id, as_of, attributes_as_of)
     where stored.conversation_id = former.conversation_id`,
    values,
  );
}

/** Erases the person from dead letters, which keep the original JSON. One that becomes equal to another is dropped. */
export async function eraseDeadLetters(client: pg.ClientBase, plan: ErasePlan, counts: EraseCounts): Promise<void> {
  let after = '0';
  for (;;) {
    const { rows } = await client.query<{ id: string; record: string }>(
      `select dead_letter_id::text as id, record from extract.dead_letters where dead_letter_id > $1
       order by dead_letter_id limit ${lettersPerRead}`,
      [after],
    );
    for (const { id, record } of rows) {
      const erased = plan.eraser.entity(parseJson(record) ?? record);
      if (erased === undefined || JSON.stringify(erased) === record) continue;
      add(counts, 'extract.dead_letters', 1);
      if (!plan.isDryRun) await replaceLetter(client, id, JSON.stringify(erased));
    }
    after = rows.at(-1)?.id ?? after;
    if (rows.length < lettersPerRead) return;
  }
}

async function replaceLetter(client: pg.ClientBase, id: string, record: string): Promise<void> {
  const hash = createHash('md5').update(record).digest('hex');
  await client.query(
    `delete from extract.dead_letters as letter where dead_letter_id = $1 and exists (
         select from extract.dead_letters as same where same.stream = letter.stream and same.record_hash = $2 and same.dead_letter_id <> $1)`,
    [id, hash],
  );
  await client.query('update extract.dead_letters set record = $2, record_hash = $3 where dead_letter_id = $1', [
    id,
    record,
    hash,
  ]);
}

/** Erases what rules and imported surveys stored about these conversations: comments, further fields, notes already sent. */
export async function eraseWrapup(
  client: pg.ClientBase,
  ids: readonly string[],
  needles: readonly string[],
  plan: ErasePlan,
  counts: EraseCounts,
): Promise<void> {
  const surveys = `(conversation_id = any($1::uuid[]) or comment ~* any($2) or fields::text ~* any($2) or survey_id ~* any($2))
      and (comment is distinct from $3 or fields <> '{}') and (comment is not null or fields <> '{}')`;
  const mask = plan.policy === 'mask' ? erasedText : null;
  const counted = plan.isDryRun
    ? await client.query(`select from wrapup.surveys where ${surveys}`, [ids, needles, mask])
    : await client.query(
        `update wrapup.surveys set comment = case when comment is null then null else $3 end, fields = '{}' where ${surveys}`,
        [ids, needles, mask],
      );
  add(counts, 'wrapup.surveys', counted.rowCount ?? 0);
  const notes = `conversation_id = any($1::uuid[]) and note is not null and note is distinct from $2 and state not in ('proposed', 'sent')`;
  const noted = plan.isDryRun
    ? await client.query(`select from wrapup.assignments where ${notes}`, [ids, mask])
    : await client.query(`update wrapup.assignments set note = $2 where ${notes}`, [ids, mask]);
  add(counts, 'wrapup.assignments', noted.rowCount ?? 0);
}

/** Erases a user from the directory, with its history, and from other listings that contain more than its id. */
export async function eraseUser(
  client: pg.ClientBase,
  userId: string,
  plan: ErasePlan,
  counts: EraseCounts,
): Promise<void> {
  const mask = plan.policy === 'mask' ? erasedText : null;
  const columns = personalUserColumns.map((name) => `${name} = case when ${name} is null then null else $2 end`);
  const isKnown = `user_id = $1 and (extra is not null or ${personalUserColumns.map((name) => `(${name} is not null and ${name} is distinct from $2)`).join(' or ')})`;
  const literals = await client.query<{ literal: string }>(
    `select distinct literal from genesys.users, unnest(array[email, name]) as literal
     where user_id = $1 and length(literal) >= 5 and literal is distinct from $2`,
    [userId, mask],
  );
  const users = plan.isDryRun
    ? await client.query(`select from genesys.users where ${isKnown}`, [userId, mask])
    : await client.query(`update genesys.users set ${columns.join(', ')}, extra = null where ${isKnown}`, [
        userId,
        mask,
      ]);
  add(counts, 'genesys.users', users.rowCount ?? 0);
  await eraseFromExtra(
    client,
    userId,
    literals.rows.map((row) => row.literal),
    plan,
    counts,
  );
}

async function eraseFromExtra(
  client: pg.ClientBase,
  userId: string,
  literals: readonly string[],
  plan: ErasePlan,
  counts: EraseCounts,
): Promise<void> {
  const { rows: tables } = await client.query<{ name: string; hasUser: boolean }>(
    `select relname as name, bool_or(attname = 'user_id') as "hasUser"
     from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
     where relnamespace = 'genesys'::regnamespace and relkind = 'r' and relname <> 'users'
     group by relname having bool_or(attname = 'valid_from') and bool_or(attname = 'extra') order by relname`,
  );
  for (const { name, hasUser } of tables) {
    const table = `genesys.${pg.escapeIdentifier(name)}`;
    const isHis = hasUser ? 'user_id = $1' : 'false';
    const where = `extra is not null and (${isHis} or exists (select from unnest($2::text[]) as literal where strpos(extra::text, literal) > 0))`;
    const found = await client.query(`select from ${table} where ${where} and $1::uuid is not null`, [
      userId,
      literals,
    ]);
    add(counts, `genesys.${name}`, found.rowCount ?? 0);
    if (!plan.isDryRun && found.rowCount)
      await client.query(`update ${table} set extra = null where ${where} and $1::uuid is not null`, [
        userId,
        literals,
      ]);
  }
}
