import type { LakeType } from '../../../model/lake.js';
import type { ColumnValues } from './column-values.js';
import { BooleanValues, DoubleValues, IntegerValues, LongValues } from './number-values.js';
import { TextValues } from './text-values.js';

/** Postgres counts from 2000, Parquet from 1970. */
const postgresEpochDays = 10_957;
const postgresEpochMicroseconds = 946_684_800_000_000;

const makers: Readonly<Record<LakeType, (capacity: number) => ColumnValues>> = {
  string: (capacity) => new TextValues(capacity),
  integer: (capacity) => new IntegerValues(capacity),
  date: (capacity) => new IntegerValues(capacity, postgresEpochDays),
  long: (capacity) => new LongValues(capacity),
  decimal: (capacity) => new LongValues(capacity),
  timestamp: (capacity) => new LongValues(capacity, postgresEpochMicroseconds),
  double: (capacity) => new DoubleValues(capacity),
  boolean: (capacity) => new BooleanValues(capacity),
};

/** Creates a column for about this many rows, at least one. */
export const valuesOf = (type: LakeType, capacity: number): ColumnValues => makers[type](capacity);
