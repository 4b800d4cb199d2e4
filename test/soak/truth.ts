import type pg from 'pg';
import type { Sandbox } from '../../src/sandbox/index.js';
import type { Figure } from './samples.js';

const conversationsPerRead = 500;

interface Stored {
  readonly id: string;
  readonly record: Record<string, unknown>;
  readonly asOf: Date;
}

/**
 * Conversations that are not what the organisation would have told at one of `instants` of the row's own knowledge. More than one where the
 * organisation's clock ran on while it answered.
 */
export async function strangers(
  pool: pg.Pool,
  sandbox: Sandbox,
  instants: (asOf: Date) => readonly number[],
): Promise<string[]> {
  const found: string[] = [];
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await pool.query<Stored>(
      `select conversation_id as id, as_of as "asOf", genesys.conversation_json(conversation_id) as record
       from extract.stored_conversations where conversation_id > $1 order by 1 limit ${conversationsPerRead}`,
      [after],
    );
    for (const { id, record, asOf } of rows) {
      const stored = canonical(withoutAttributes(record));
      const conversation = sandbox.world.conversationById(id);
      const told = instants(asOf).map((at) => canonical(conversation?.render(at, false)));
      if (!told.includes(stored)) found.push(id);
    }
    const last = rows.at(-1);
    if (last === undefined) return found;
    after = last.id;
  }
}

export function noneOf(name: string, found: readonly unknown[], of: number): Figure {
  const examples = found.length === 0 ? '' : `, such as ${found.slice(0, 3).join(', ')}`;
  return { name, value: `${found.length} of ${of}${examples}`, bound: 'none', isKept: found.length === 0 };
}

function withoutAttributes(record: Record<string, unknown>): unknown {
  const participants = record.participants as Record<string, unknown>[] | undefined;
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
