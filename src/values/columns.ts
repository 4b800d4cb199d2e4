/** Types of columns and of the values they take, shared by everything that builds, encodes or decodes rows. */

/** Types of a column that holds a field of an API record. */
export type FieldType = 'time' | 'bigint' | 'float' | 'uuid' | 'boolean' | 'text' | 'texts' | 'bigints' | 'json';

/** A value of a column: times are milliseconds since 1970, uuids lower-case text, json any JSON value. */
export type ColumnValue = null | boolean | number | string | readonly string[] | readonly number[] | object;

export type ColumnType = FieldType | 'smallint' | 'integer';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}
