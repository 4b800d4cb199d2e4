import type { LakeType } from '../../../model/lake.js';
import type { ColumnValues } from './column-values.js';
import { BooleanValues, DoubleValues, IntegerValues, LongValues } from './number-values.js';
import { TextValues } from './text-values.js';

/** Postgres counts from 2000, Parquet from 1970. */
const postgresEpochDays = 10_957;
const postgresEpochMicroseconds = 946_684_800_000_000;

const makers: Readonly<Record<LakeType, () => ColumnValues>> = {
  string: () => new TextValues(),
  integer: () => new IntegerValues(),
  date: () => new IntegerValues(postgresEpochDays),
  long: () => new LongValues(),
  decimal: () => new LongValues(),
  timestamp: () => new LongValues(postgresEpochMicroseconds),
  double: () => new DoubleValues(),
  boolean: () => new BooleanValues(),
};

export const valuesOf = (type: LakeType): ColumnValues => makers[type]();
