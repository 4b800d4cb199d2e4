import type { SchemaElement } from 'hyparquet';
import { decimalPrecision, decimalScale, type LakeColumn, type LakeType } from '../../model/lake.js';

const optional = { repetition_type: 'OPTIONAL' } as const;

const primitives: Readonly<Record<LakeType, Omit<SchemaElement, 'name'>>> = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' }, ...optional },
  integer: { type: 'INT32', ...optional },
  long: { type: 'INT64', ...optional },
  decimal: {
    type: 'INT64',
    converted_type: 'DECIMAL',
    logical_type: { type: 'DECIMAL', precision: decimalPrecision, scale: decimalScale },
    precision: decimalPrecision,
    scale: decimalScale,
    ...optional,
  },
  double: { type: 'DOUBLE', ...optional },
  boolean: { type: 'BOOLEAN', ...optional },
  date: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' }, ...optional },
  timestamp: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    ...optional,
  },
};

/** Returns the Parquet schema of flat columns, all of them nullable as in the Delta schema. */
export function flatSchema(columns: readonly LakeColumn[]): SchemaElement[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type }) => ({ name, ...primitives[type] })),
  ];
}

/** Builders of nested elements, for checkpoints. */
export const string = (name: string): SchemaElement[] => [{ name, ...primitives.string }];
export const long = (name: string): SchemaElement[] => [{ name, ...primitives.long }];
export const integer = (name: string): SchemaElement[] => [{ name, ...primitives.integer }];
export const boolean = (name: string): SchemaElement[] => [{ name, ...primitives.boolean }];

export function struct(name: string, ...fields: readonly SchemaElement[][]): SchemaElement[] {
  return [{ name, ...optional, num_children: fields.length }, ...fields.flat()];
}

export function list(name: string): SchemaElement[] {
  return [
    { name, ...optional, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...string('element'),
  ];
}

export function map(name: string): SchemaElement[] {
  return [
    { name, ...optional, num_children: 1, converted_type: 'MAP', logical_type: { type: 'MAP' } },
    { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
    { name: 'key', ...primitives.string, repetition_type: 'REQUIRED' },
    ...string('value'),
  ];
}
