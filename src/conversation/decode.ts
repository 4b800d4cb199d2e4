/** Decodes rows into values for rare uses: dead letters, tests, comparisons. */
import type { Column, ColumnValue } from '../values/columns.js';
import { jsonIn, rowsIn, type Tuple, tupleOf, uuidIn } from '../values/copy-reader.js';
import { type EncodedRows, spanOf } from './encode.js';
import { type Relation, type Row, relations } from './relations.js';
import { type ConversationTable, contentTables, keyColumns } from './tables.js';

const postgresEpochMs = Date.UTC(2000, 0, 1);
/** Size of an array's header: dimensions, flags and element type; then length and lower bound per dimension. */
const arrayHeaderBytes = 12;
const dimensionBytes = 8;

/** Returns the encoded rows per relation, in the order of `relations`. */
export function decodeRows(encoded: EncodedRows): Row[][] {
  return relations.map((relation) => {
    const { start, end } = spanOf(encoded, contentTables[relation.index] as ConversationTable);
    return [...rowsIn(encoded.bytes, start, end)].map((row) => rowOf(relation, tupleOf(row)));
  });
}

function rowOf(relation: Relation, tuple: Tuple): Row {
  return relation.columns.map((column, index) => valueIn(tuple, index + keyColumns.length, column));
}

function valueIn(tuple: Tuple, index: number, column: Column): ColumnValue {
  const size = tuple.sizes[index] as number;
  if (size === -1) return null;
  const { bytes } = tuple;
  const start = tuple.starts[index] as number;
  switch (column.type) {
    case 'smallint':
      return bytes.readInt16BE(start);
    case 'integer':
      return bytes.readInt32BE(start);
    case 'time':
      return timeAt(bytes, start);
    case 'bigint':
      return Number(bytes.readBigInt64BE(start));
    case 'float':
      return bytes.readDoubleBE(start);
    case 'uuid':
      return uuidIn(tuple, index);
    case 'boolean':
      return bytes[start] === 1;
    case 'text':
      return bytes.toString('utf8', start, start + size);
    case 'texts':
      return itemsAt(bytes, start, (at, length) => bytes.toString('utf8', at, at + length));
    case 'bigints':
      return itemsAt(bytes, start, (at) => Number(bytes.readBigInt64BE(at)));
    case 'json':
      return jsonIn(tuple, index) as ColumnValue;
  }
}

function timeAt(bytes: Buffer, start: number): number {
  const microseconds = bytes.readBigInt64BE(start) + BigInt(postgresEpochMs) * 1000n;
  const fraction = ((microseconds % 1000n) + 1000n) % 1000n;
  return Number((microseconds - fraction) / 1000n) + Number(fraction) / 1000;
}

function itemsAt<Item>(bytes: Buffer, start: number, read: (at: number, length: number) => Item): Item[] {
  if (bytes.readInt32BE(start) === 0) return [];
  const count = bytes.readInt32BE(start + arrayHeaderBytes);
  const items: Item[] = [];
  let at = start + arrayHeaderBytes + dimensionBytes;
  for (let index = 0; index < count; index += 1) {
    const length = bytes.readInt32BE(at);
    items.push(read(at + 4, length));
    at += 4 + length;
  }
  return items;
}
