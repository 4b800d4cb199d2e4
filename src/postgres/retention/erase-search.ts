/** Finds a person in the tables, in columns, lists and `extra` alike, as text. Reads whole tables, since there is no index of people. */
import type pg from 'pg';
import { attributesTable, contentTables } from '../../conversation/tables.js';
import { erasureDigest } from '../../privacy/eraser.js';

const searched = [...contentTables, attributesTable].map((table) => table.name);
const phoneDigitsMin = 4;

/** A pattern that finds an identifier in text, also a telephone number that is written with separators. */
export function toSearchPattern(normal: string): string {
  const digits = normal.replace(/\D/g, '');
  const isPhone = /^\+?\d+$/.test(normal) && digits.length >= phoneDigitsMin;
  if (isPhone) return digits.split('').join('[-. ()/]{0,3}');
  return normal.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** Returns the ids of conversations that contain one of the patterns anywhere. */
export async function conversationsWith(client: pg.ClientBase, needles: readonly string[]): Promise<string[]> {
  const ids = new Set<string>();
  for (const name of searched) {
    const { rows } = await client.query<{ id: string }>(
      `select distinct conversation_id::text as id from genesys.${name} as stored where stored::text ~* any ($1)`,
      [needles],
    );
    for (const { id } of rows) ids.add(id);
  }
  return [...ids].sort();
}

/** Conversations in which a user took part under a name. */
export async function conversationsOfUser(client: pg.ClientBase, userId: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    'select distinct conversation_id::text as id from genesys.participants where user_id = $1 order by 1',
    [userId],
  );
  return rows.map((row) => row.id);
}

/**
 * Finds conversations in the wrap-up tables that an earlier command erased from the others, e.g.
 * one that was killed.
 */
export async function formerConversations(client: pg.ClientBase, salt: string): Promise<string[]> {
  const { rows: known } = await client.query<{ id: string }>(
    'select conversation_id::text as id from wrapup.surveys union select conversation_id::text from wrapup.assignments where note is not null',
  );
  const digests = new Map(known.map(({ id }) => [erasureDigest(salt, 'conversation', id), id]));
  const { rows } = await client.query<{ digest: string }>(
    `select digest from extract.erasures where subject = 'conversation' and digest = any($1)`,
    [[...digests.keys()]],
  );
  return rows.map((row) => digests.get(row.digest) as string);
}

/** Rebuilds the record of a conversation from its rows; null when nothing of it is stored. */
export async function storedRecord(client: pg.ClientBase, conversationId: string): Promise<unknown> {
  const { rows } = await client.query<{ record: unknown }>('select genesys.conversation_json($1) as record', [
    conversationId,
  ]);
  return rows[0]?.record;
}
