import type pg from 'pg';
import { asMartError } from './faults.js';

const rowsPerPart = 2_000;
/** Limits the rows of one file to what a spreadsheet can hold. */
export const streamedRowsMax = 1_000_000;

/**
 * Reads a statement's rows part by part through a cursor of its own connection, so that a file of
 * any length needs the memory of one part. Stops at `streamedRowsMax`. The connection returns to
 * the pool in any case.
 */
export async function* cursorParts(
  pool: pg.Pool,
  statement: { readonly text: string; readonly values: unknown[] },
): AsyncIterable<pg.QueryArrayResult> {
  const client = await pool.connect().catch((error: unknown) => {
    throw asMartError(error);
  });
  let fault: Error | undefined;
  try {
    await client.query('begin transaction read only');
    await client.query(`declare answer no scroll cursor for ${statement.text}`, statement.values);
    for (let count = 0; count < streamedRowsMax; count += rowsPerPart) {
      const part = await client.query({ text: `fetch ${rowsPerPart} from answer`, rowMode: 'array' });
      yield part;
      if (part.rows.length < rowsPerPart) break;
    }
    await client.query('commit');
  } catch (error) {
    fault = error as Error;
    throw asMartError(error);
  } finally {
    // Without an error and without a commit the reader has stopped early, so the transaction is
    // rolled back.
    if (fault === undefined) await client.query('rollback').catch((error: Error) => (fault = error));
    client.release(fault);
  }
}
