import { guardFormula, quoteCell } from '../lib/csv.js';
import type { Cell, QueryResult, ResultColumn } from '../model/mart-query.js';

const lineEnd = '\r\n';

/** The heading, with the mark by which spreadsheets know UTF-8. */
export function csvHead(columns: readonly ResultColumn[]): string {
  return `\uFEFF${columns.map(({ name }) => name).join(',')}${lineEnd}`;
}

/** RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe in front. */
export function csvRows({ columns, rows }: QueryResult): string {
  return rows.map((row) => row.map((cell, index) => csvCell(cell, columns[index])).join(',') + lineEnd).join('');
}

function csvCell(cell: Cell, column: ResultColumn | undefined): string {
  if (cell === null) return '';
  if (column?.type !== 'text') return String(cell);
  return quoteCell(guardFormula(String(cell)));
}
