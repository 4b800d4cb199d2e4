import type pg from 'pg';
import { dayMs, plus } from '../../lib/interval.js';
import { inTransaction } from '../connection/transaction.js';

/**
 * Limit of the statement; when it takes longer, cached figures are served. A scrape must not hold a
 * connection for minutes.
 */
const statementTimeoutMs = 4_000;

export interface LedgerFigures {
  readonly streams: readonly {
    readonly stream: string;
    readonly watermarkAt: Date | null;
    readonly finalUntilAt: Date | null;
    readonly lastSuccessAt: Date | null;
    readonly dueSlices: number;
    readonly pendingSlices: number;
    readonly failingSlices: number;
    readonly deadLetters: number;
  }[];
  readonly restatementsInLastDay: number;
  readonly lastError: { readonly at: Date; readonly stream: string; readonly message: string } | null;
}

/** Reads the figures of the ledger that `/metrics` reports, across all processes on this database. */
export async function readLedgerFigures(pool: pg.Pool, now: Date): Promise<LedgerFigures> {
  return inTransaction(pool, async (client) => {
    await client.query(`set local statement_timeout = ${statementTimeoutMs}`);
    const streams = await client.query<LedgerFigures['streams'][number]>(
      `select stream, watermark_at as "watermarkAt", final_until_at as "finalUntilAt", last_success_at as "lastSuccessAt",
           due_slice_count as "dueSlices", pending_slice_count as "pendingSlices",
           failing_slice_count as "failingSlices", dead_letter_count as "deadLetters"
       from mart.ops_freshness order by stream`,
    );
    const restatements = await client.query<{ count: number }>(
      'select count(*) as count from extract.restatements where restated_at > $1',
      [plus(now, -dayMs)],
    );
    const errors = await client.query<NonNullable<LedgerFigures['lastError']>>(
      `select last_error_at as at, stream, last_error as message from extract.slices
       where attempts > 0 and last_error_at is not null order by last_error_at desc limit 1`,
    );
    return {
      streams: streams.rows,
      restatementsInLastDay: restatements.rows[0]?.count ?? 0,
      lastError: errors.rows[0] ?? null,
    };
  });
}

/**
 * Reads the migrations of this database, which a process compares with those at its start. Rejects
 * if the database does not answer.
 */
export async function readSchemaState(pool: pg.Pool): Promise<string> {
  return inTransaction(pool, async (client) => {
    await client.query(`set local statement_timeout = ${statementTimeoutMs}`);
    const { rows } = await client.query<{ name: string }>('select name from extract.schema_migrations order by name');
    return rows.map((row) => row.name).join(' ');
  });
}
