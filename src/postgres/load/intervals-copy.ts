import type { ClientBase } from 'pg';
import type { EntityRow } from '../../model/extraction.js';
import type { ColumnValue } from '../../values/columns.js';
import { RowWriter } from '../../values/copy-writer.js';
import { type Run, sendRows } from '../connection/copy.js';
import type { IntervalRelation } from './intervals-relation.js';

/** Encoded and sent together, so that memory does not grow with the day. */
const rowsPerRun = 2_000;
const bytesPerRow = 256;

/** COPY of rows into a table with the relation's columns; a column that a row does not name is null. Returns how many rows were sent. */
export async function copyRows(
  client: ClientBase,
  relation: IntervalRelation,
  target: string,
  rows: readonly EntityRow[],
  asOf: Date,
): Promise<number> {
  if (rows.length > 0) await sendRows(client, target, encodedRuns(relation, rows, asOf));
  return rows.length;
}

function* encodedRuns(relation: IntervalRelation, rows: readonly EntityRow[], asOf: Date): Generator<Run, void, void> {
  const writer = new RowWriter(Math.min(rows.length, rowsPerRun) * bytesPerRow);
  const asOfMs = asOf.getTime();
  for (let from = 0; from < rows.length; from += rowsPerRun) {
    // The run before has been copied into a message by now.
    writer.length = 0;
    for (const row of rows.slice(from, from + rowsPerRun)) {
      writer.beginRow(relation.columns.length);
      for (const { name, type } of relation.columns) {
        const value = name === 'as_of' ? asOfMs : ((row[name] ?? null) as ColumnValue);
        writer.value(type, value);
      }
    }
    yield { bytes: writer.bytes, start: 0, end: writer.length };
  }
}
