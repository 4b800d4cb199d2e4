/** Types of a lake's columns, by Delta's names; `decimal` is decimal(18,3), for seconds with milliseconds. */
export type LakeType = 'string' | 'integer' | 'long' | 'decimal' | 'double' | 'boolean' | 'date' | 'timestamp';

export interface LakeColumn {
  readonly name: string;
  readonly type: LakeType;
  readonly description?: string;
  /** True for texts that may identify a person: their smallest and largest value must not be in the log, which outlives the files. */
  readonly isUnbounded?: boolean;
}

/** A relation of the warehouse as a table of the lake. */
export interface LakeTable {
  /** Path below the lake's address, such as `mart/fct_conversations`. */
  readonly path: string;
  readonly description: string;
  readonly columns: readonly LakeColumn[];
  /** True if files are kept by UTC day; else the table is replaced as a whole. */
  readonly isByDay: boolean;
}

/** A UTC day such as `2026-11-03`. */
export type Day = string;

/** Rows of a half-open range of UTC days, as the bytes of `COPY … (format binary)`. */
export type RowSource = (from: Day, to: Day) => AsyncIterable<Buffer>;

export interface LakeFigures {
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
}

/** Number of decimal places of `decimal`. */
export const decimalScale = 3;
export const decimalPrecision = 18;
