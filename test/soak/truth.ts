import type pg from 'pg';
import { flatten } from '../../src/conversation/flatten.js';
import type { Sandbox } from '../../src/sandbox/index.js';
import type { Figure } from './samples.js';

const conversationsPerRead = 200;
const readersMax = 3;

interface Stored {
  readonly id: string;
  readonly record: Record<string, unknown>;
  readonly asOf: Date;
}

/**
 * Finds conversations whose digest is not that of any version that the organisation returned since the row's as-of instant. Its clock ran
 * while it answered: until `answerMs` later, its answer had changed as often as the record did.
 */
export async function strangers(pool: pg.Pool, sandbox: Sandbox, answerMs: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string; asOf: Date; digest: string }>(
    `select conversation_id as id, as_of as "asOf", replace(content_hash::text, '-', '') as digest from extract.stored_conversations`,
  );
  return rows
    .filter(({ id, asOf, digest }) => {
      const conversation = sandbox.world.conversationById(id);
      const [from, to] = [asOf.getTime(), asOf.getTime() + answerMs];
      const changes = conversation?.changesMs.filter((at) => at > from && at <= to) ?? [];
      return ![from, ...changes].some((at) => {
        const record = conversation?.render(at, false);
        return record !== undefined && flatten(record).contentHash === digest;
      });
    })
    .map(({ id }) => id);
}

/** Finds conversations that, rebuilt from the tables, differ from what the organisation returns at the row's as-of instant. */
export async function different(pool: pg.Pool, sandbox: Sandbox): Promise<string[]> {
  const found: string[] = [];
  const ids = (await pool.query<{ id: string }>('select conversation_id as id from extract.stored_conversations')).rows;
  const readers = Array.from({ length: readersMax }, async (_, reader) => {
    for (let at = reader * conversationsPerRead; at < ids.length; at += readersMax * conversationsPerRead) {
      const { rows } = await pool.query<Stored>(
        `select conversation_id as id, as_of as "asOf", genesys.conversation_json(conversation_id) as record
         from extract.stored_conversations where conversation_id = any($1)`,
        [ids.slice(at, at + conversationsPerRead).map(({ id }) => id)],
      );
      for (const { id, record, asOf } of rows) {
        const truth = sandbox.world.conversationById(id)?.render(asOf.getTime(), false);
        if (canonical(truth) !== canonical(withoutAttributes(record))) found.push(id);
      }
    }
  });
  await Promise.all(readers);
  return found;
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
