/** `GENESYS_WAREHOUSE_ATTRIBUTES`: participant attributes that every reader of the reports may see, each a column. */
import { quote } from '../lib/text.js';

export interface AttributeColumn {
  /** Name in Genesys Cloud. */
  readonly name: string;
  /** Column of `mart.fct_conversation_attributes`. */
  readonly column: string;
}

const attributesMax = 50;
const nameCharactersMax = 200;
/** Length to which Postgres truncates a name. */
const columnCharactersMax = 63;
/** Columns that the relation always has. */
const fixedColumns = ['conversation_id', 'minute_of_day', 'is_complete', 'day', 'conversation_started_at'];

/** Parses names separated by commas; a fault is a sentence that continues after the variable's name. Pure. */
export function parseAttributes(value: string): readonly AttributeColumn[] | { readonly fault: string } {
  const names = value.split(',').map((name) => name.trim());
  if (names.length > attributesMax) return { fault: `names ${names.length} attributes; use at most ${attributesMax}` };
  const columns = names.map((name) => ({ name, column: columnOf(name) }));
  for (const { name, column } of columns) {
    const fault = faultOf(name, column);
    if (fault !== undefined) return { fault };
    const same = columns.find((other) => other.column === column && other.name !== name);
    if (same !== undefined) {
      return { fault: `names ${quote(name)} and ${quote(same.name)}, which yield the same column ${column}` };
    }
    if (columns.filter((other) => other.name === name).length > 1) return { fault: `names ${quote(name)} twice` };
  }
  return columns;
}

/** Converts `Reason for call` to `reason_for_call`. */
const columnOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');

function faultOf(name: string, column: string): string | undefined {
  if (name === '') return 'has an empty name; separate names of attributes by single commas';
  if (name.length > nameCharactersMax) return `names an attribute of more than ${nameCharactersMax} characters`;
  if (!/^[a-z]/.test(column) || column.length > columnCharactersMax) {
    return `names ${quote(name)}, which yields no column name; it must begin with a letter from a to z and have at most ${columnCharactersMax} letters and digits`;
  }
  if (fixedColumns.includes(column)) return `names ${quote(name)}, but the relation already has a column ${column}`;
  return undefined;
}
