/** Finds a person in the tables, in columns, lists and `extra` alike, as text. Reads whole tables, since there is no index of people. */
import type pg from 'pg';
import { attributesTable, contentTables } from '../../conversation/tables.js';

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
