import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Cell, ColumnType, ResultColumn } from '../../../model/mart-query.js';
import type { Row } from '../lib/api.js';
import { formatCell, nothing } from '../lib/format.js';
import { labelOf } from '../lib/labels.js';

export interface TableColumn {
  readonly name: string;
  readonly label?: string;
  /** In place of the formatted value. */
  readonly render?: (row: Row) => ComponentChildren;
  /** A bar behind the number, as long as the value is large. */
  readonly isBar?: boolean;
}

export interface DataTableProps {
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  /** Types and definitions of the answer. */
  readonly types: readonly ResultColumn[];
  readonly rows: readonly Row[];
  readonly sort?: { readonly name: string; readonly isDown: boolean };
  readonly rowsMax?: number;
  readonly isCut?: boolean;
}

/** A table that can be sorted by each of its columns. Numbers are aligned right, in figures of one width. */
export function DataTable({ caption, columns, types, rows, sort, rowsMax = 25, isCut = false }: DataTableProps) {
  const [order, setOrder] = useState(sort);
  const [isAll, setAll] = useState(false);
  const sorted = useMemo(() => sortRows(rows, order), [rows, order]);
  const shown = isAll ? sorted : sorted.slice(0, rowsMax);
  const shapes = useMemo(() => shapesOf(types, rows), [types, rows]);
  const tops = useMemo(() => topsOf(columns, rows), [columns, rows]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by the keyboard.
    <section class="table" tabIndex={0} aria-label={caption}>
      <table>
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell key={column.name} {...{ column, types, order, setOrder }} />
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <BodyCell
                  key={column.name}
                  column={column}
                  type={shapes.get(column.name) ?? 'text'}
                  row={row}
                  top={tops.get(column.name) ?? 0}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > shown.length && (
        <button type="button" class="more" onClick={() => setAll(true)}>
          Show all {sorted.length} rows
        </button>
      )}
      {isCut && <p class="note">There are more rows than a page holds; the CSV file has them.</p>}
    </section>
  );
}

type Order = DataTableProps['sort'];

function HeadCell(props: {
  column: TableColumn;
  types: readonly ResultColumn[];
  order: Order;
  setOrder: (order: Order) => void;
}) {
  const { column, types, order, setOrder } = props;
  const type = types.find(({ name }) => name === column.name);
  const isSorted = order?.name === column.name;
  const isNumber = type?.type === 'number';
  const turn = () => setOrder({ name: column.name, isDown: isSorted ? !order.isDown : isNumber });
  return (
    <th
      scope="col"
      class={isNumber ? 'number' : undefined}
      aria-sort={isSorted ? (order.isDown ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" onClick={turn} title={type?.definition}>
        {column.label ?? labelOf(column.name)}
      </button>
    </th>
  );
}

function BodyCell({ column, type, row, top }: { column: TableColumn; type: ColumnType; row: Row; top: number }) {
  const value = row[column.name] ?? null;
  const text = column.render === undefined ? formatCell(column.name, type, value) : column.render(row);
  if (type !== 'number') return <td>{text ?? nothing}</td>;
  return (
    <td class="number">
      {column.isBar === true && typeof value === 'number' && top > 0 ? (
        <span class="bar">
          <i style={{ width: `${(100 * Math.max(0, value)) / top}%` }} />
          {text}
        </span>
      ) : (
        text
      )}
    </td>
  );
}

/** Types of columns; times that are all midnight are days. */
function shapesOf(types: readonly ResultColumn[], rows: readonly Row[]): Map<string, ColumnType> {
  const isMidnight = (name: string) =>
    rows.every((row) => row[name] === null || String(row[name]).endsWith('T00:00:00'));
  return new Map(types.map(({ name, type }) => [name, type === 'local' && isMidnight(name) ? 'day' : type]));
}

function topsOf(columns: readonly TableColumn[], rows: readonly Row[]): Map<string, number> {
  const bars = columns.filter(({ isBar }) => isBar === true);
  return new Map(bars.map(({ name }) => [name, Math.max(0, ...rows.map((row) => Number(row[name] ?? 0)))]));
}

/** Sorts rows; absent values come last in either direction. */
export function sortRows(rows: readonly Row[], order: Order): readonly Row[] {
  if (order === undefined) return rows;
  const sign = order.isDown ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [a[order.name] ?? null, b[order.name] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * compareCells(left, right);
  });
}

function compareCells(a: Cell, b: Cell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}
