import { Option } from 'commander';
import { csvLine } from '../../lib/csv.js';
import { printable, widthOf } from '../../lib/printable.js';

const barWidth = 20;
const cellWidthMax = 200;

export const rowFormats = ['table', 'csv', 'json'] as const;
export type RowFormat = (typeof rowFormats)[number];

/** Builds the option `--format table|csv|json`. */
export function formatOption(): Option {
  return new Option('--format <format>', 'how to print it').choices(rowFormats).default('table' satisfies RowFormat);
}

export interface RowColumn<Row> {
  /** Name in CSV and JSON. */
  readonly name: string;
  /** Returns the value; an array becomes a JSON array, or one CSV cell separated by blanks. */
  readonly of: (row: Row) => unknown;
  /** Value that a table shows instead of `of`. */
  readonly inTable?: (row: Row) => unknown;
  readonly tableTitle?: string;
  readonly isHiddenInTable?: true;
}

/** Formats rows for standard output in one of the formats of `formatOption`. */
export function renderRows<Row>(format: RowFormat, columns: readonly RowColumn<Row>[], rows: readonly Row[]): string {
  if (format === 'json')
    return JSON.stringify(
      rows.map((row) => objectOf(columns, row)),
      null,
      2,
    );
  if (format === 'csv') {
    const cells = rows.map((row) => columns.map(({ of }) => joined(of(row))));
    return [columns.map(({ name }) => name), ...cells].map(csvLine).join('\n');
  }
  const shown = columns.filter(({ isHiddenInTable }) => !isHiddenInTable);
  return table(
    shown.map(titleOf),
    rows.map((row) => shown.map(({ of, inTable = of }) => inTable(row))),
  );
}

function objectOf<Row>(columns: readonly RowColumn<Row>[], row: Row): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ name, of }) => [name, of(row)]));
}

const joined = (value: unknown) => (Array.isArray(value) ? value.join(' ') : value);

function titleOf<Row>({ name, tableTitle }: RowColumn<Row>): string {
  return tableTitle ?? name.replace(/_count$/, '').replaceAll('_', ' ');
}

/** Renders a share from 0 to 1 as a bar of blocks. */
export function bar(share: number): string {
  const filled = Math.max(share > 0 ? 1 : 0, Math.round(Math.min(1, share) * barWidth));
  return '█'.repeat(filled).padEnd(barWidth, '·');
}

/**
 * Renders columns as wide as their widest cell, numbers right-aligned. Cells may contain names, so
 * they are made printable and truncated.
 */
export function table(header: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map((row) => row.map((value) => printable(String(value ?? '—'), { widthMax: cellWidthMax })));
  const widths = header.map((title, column) =>
    Math.max(widthOf(title), ...cells.map((row) => widthOf(row[column] ?? ''))),
  );
  const isNumber = header.map((_title, column) => rows.some((row) => typeof row[column] === 'number'));
  const pad = (cell: string, column: number) => {
    const blanks = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
    return isNumber[column] ? blanks + cell : cell + blanks;
  };
  const line = (row: readonly string[]) => row.map(pad).join('  ').trimEnd();
  return [line(header), ...cells.map(line)].join('\n');
}
