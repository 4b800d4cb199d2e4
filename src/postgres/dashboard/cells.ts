import type { FieldDef } from 'pg';
import type { Cell, ColumnType } from '../../model/mart-query.js';

/** Type numbers of Postgres, which never change; other types are shown as text. */
const typesByNumber: Readonly<Record<number, ColumnType>> = {
  16: 'boolean',
  20: 'number',
  21: 'number',
  23: 'number',
  700: 'number',
  701: 'number',
  1700: 'number',
  1082: 'day',
  1114: 'local',
  1184: 'instant',
};

export function columnTypeOf(field: FieldDef): ColumnType {
  return typesByNumber[field.dataTypeID] ?? 'text';
}

/** Converts a value from the pool's parsers to the form that the page reads. */
export function cellOf(value: unknown, type: ColumnType): Cell {
  if (value === null || value === undefined) return null;
  if (type === 'number') return Number(value);
  if (type === 'boolean') return value === true;
  if (value instanceof Date) return value.toISOString();
  return type === 'local' ? String(value).replace(' ', 'T') : String(value);
}
