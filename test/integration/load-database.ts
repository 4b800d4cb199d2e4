import type pg from 'pg';
import { type FlatConversation, flatten } from '../../src/conversation/flatten.js';
import { conversationTables } from '../../src/conversation/tables.js';
import type { StoreCounts } from '../../src/model/extraction.js';
import { inTransaction } from '../../src/postgres/connection/transaction.js';
import { isLoadConflict, loadConversations } from '../../src/postgres/load/conversations.js';
import { incomingConversation } from '../../src/postgres/load/conversations-merge.js';
import { ensurePartitions } from '../../src/postgres/schema/partitions.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

export const now = new Date('2026-11-21T00:00:00Z');
const conflictsMax = 20;

/** Returns an as-of instant: minutes after the first of November. */
export function at(minute: number): Date {
  return new Date(Date.UTC(2026, 10, 1, 0, minute));
}

/** A migrated database and what tests of the loader ask of it. */
export class LoadDatabase {
  readonly pool: pg.Pool;
  private readonly database: TestDatabase;
  private readonly partitions = new Set<string>();

  private constructor(database: TestDatabase) {
    this.database = database;
    this.pool = testPool(database.url);
  }

  static async create(): Promise<LoadDatabase> {
    return new LoadDatabase(await migratedDatabase());
  }

  async drop(): Promise<void> {
    await this.pool.end();
    await this.database.drop();
  }

  /** As the store does it: partitions first, and again after a conflict. */
  async load(records: readonly unknown[], asOf: Date | readonly Date[], stream = 'test'): Promise<StoreCounts> {
    const conversations = records.map((record) => flatten(record));
    await this.ensurePartitions(conversations);
    const incoming = conversations.map((flat, index) =>
      incomingConversation(flat, asOf instanceof Date ? asOf : (asOf[index] as Date)),
    );
    for (let conflicts = 0; ; conflicts += 1) {
      try {
        return await inTransaction(this.pool, (client) => loadConversations(client, incoming, { stream, now }));
      } catch (error) {
        if (!isLoadConflict(error) || conflicts === conflictsMax) throw error;
      }
    }
  }

  async ensurePartitions(conversations: readonly FlatConversation[]): Promise<void> {
    const starts = conversations.map((flat) => flat.conversationStart);
    await ensurePartitions(this.pool, starts, this.partitions, now);
  }

  async record(conversationId: string): Promise<unknown> {
    const { rows } = await this.pool.query<{ json: string | null }>(
      'select genesys.conversation_json($1)::text as json',
      [conversationId],
    );
    return JSON.parse(rows[0]?.json ?? 'null');
  }

  /** Reads the metadata of the stored version, undefined when none is. */
  async version(conversationId: string): Promise<unknown> {
    const rows = await this.query(
      `select conversation_start, as_of, attributes_as_of, is_open from extract.stored_conversations where conversation_id = $1`,
      [conversationId],
    );
    return rows[0];
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(text, values)).rows;
  }

  /** Returns where every row of the conversation tables lies and which transaction wrote it: equal when nothing was written. */
  async placesOfRows(): Promise<string[]> {
    const selects = conversationTables.map(
      ({ name }) => `select tableoid::regclass::text || ctid::text || xmin::text as place from genesys.${name}`,
    );
    return (await this.query<{ place: string }>(`${selects.join(' union all ')} order by place`)).map(
      (row) => row.place,
    );
  }

  /** Rows of one conversation per table, without the tables that have none. */
  async rowCounts(conversationId: string): Promise<Record<string, number>> {
    const selects = conversationTables.map(
      ({ name }) => `select '${name}' as name, count(*)::int as count from genesys.${name} where conversation_id = $1`,
    );
    const rows = await this.query<{ name: string; count: number }>(selects.join(' union all '), [conversationId]);
    return Object.fromEntries(rows.filter((row) => row.count > 0).map((row) => [row.name, row.count]));
  }

  async restatements(): Promise<unknown[]> {
    return this.query(
      `select conversation_id, stream, previous_as_of, as_of, changed_fields from extract.restatements order by restatement_id`,
    );
  }
}
