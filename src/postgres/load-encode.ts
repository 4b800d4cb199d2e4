import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DerivedRelation, derivedRelations } from '../conversation/derived.js';
import type { FlatConversation } from '../conversation/flatten.js';
import { type Column, conversationsRelation, type Row, relations } from '../conversation/relations.js';
import type { RowWriter } from './copy-binary.js';
import { contentTables, derivedTables, keyColumns, type LoadTable } from './load-tables.js';

/** A conversation to load and the instant that its source vouches for. */
export interface Arrival {
  readonly flat: FlatConversation;
  readonly asOfMs: number;
  /** When they came with another copy of the record, attributes have an instant of their own. */
  readonly attributesAsOfMs: number;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Encoded in this many conversations' steps, so that the socket is served in between: without it the server idles while we encode. */
const conversationsPerTurn = 25;
const keyBytes = 12 + 20;
const asOfBytes = 12;

/** Content relations in the order of encoding: `conversations` comes last, for its `as_of` to end the content. */
const contentOrder = [...relations.filter((relation) => relation !== conversationsRelation), conversationsRelation];

/** Where a table's rows stand among a conversation's spans. */
const spanIndexes = new Map<LoadTable, number>([
  ...contentOrder.map((relation, index) => [contentTables[relation.index] as LoadTable, index] as const),
  ...derivedTables.map((table, index) => [table, contentOrder.length + index] as const),
]);
const spanCount = spanIndexes.size;

/** The rows of some conversations in COPY's binary format: one run of bytes per conversation, in it one span per table. */
export class EncodedConversations {
  readonly arrivals: readonly Arrival[];
  readonly contentHashes: string[] = [];
  private readonly writer: RowWriter;
  /** Per conversation where its first span begins and every span ends. */
  private readonly marks: Int32Array;

  private constructor(arrivals: readonly Arrival[], writer: RowWriter) {
    this.arrivals = arrivals;
    this.writer = writer;
    this.marks = new Int32Array(arrivals.length * (spanCount + 1));
  }

  /** Overwrites what `writer` held before. */
  static async of(arrivals: readonly Arrival[], writer: RowWriter): Promise<EncodedConversations> {
    writer.clear();
    const encoded = new EncodedConversations(arrivals, writer);
    for (let index = 0; index < arrivals.length; index += 1) {
      if (index % conversationsPerTurn === 0) await nextTurn();
      encoded.add(index, arrivals[index] as Arrival);
    }
    return encoded;
  }

  get bytes(): Buffer {
    return this.writer.bytes;
  }

  span(index: number, table: LoadTable): Span {
    const mark = index * (spanCount + 1) + (spanIndexes.get(table) as number);
    return { start: this.marks[mark] as number, end: this.marks[mark + 1] as number };
  }

  private add(index: number, arrival: Arrival): void {
    const { flat } = arrival;
    const writer = this.writer;
    let mark = index * (spanCount + 1);
    const start = writer.length;
    this.marks[mark] = start;
    const endSpan = (): void => {
      mark += 1;
      this.marks[mark] = writer.length;
    };
    for (const relation of contentOrder) {
      const asOfMs = relation === conversationsRelation ? arrival.asOfMs : undefined;
      const table = contentTables[relation.index] as LoadTable;
      writeRows(writer, start, table, flat, flat.rows[relation.index] as readonly Row[], asOfMs);
      endSpan();
    }
    this.contentHashes.push(digestOf(writer.bytes.subarray(start, writer.length - asOfBytes)));
    derivedTables.forEach((table, position) => {
      const derived = derivedRelations[position] as DerivedRelation;
      writeRows(writer, start, table, flat, derived.rows(flat), undefined);
      endSpan();
    });
  }
}

/** 128 bits, in hexadecimal. SHA-256 is cut because processors compute it twice as fast as MD5. */
export function digestOf(content: Buffer | string): string {
  return hash('sha256', content, 'hex').slice(0, 32);
}

function writeRows(
  writer: RowWriter,
  conversationBegin: number,
  table: LoadTable,
  flat: FlatConversation,
  rows: readonly Row[],
  asOfMs: number | undefined,
): void {
  const { columns } = table;
  for (const row of rows) {
    const begin = writer.length;
    writer.beginRow(columns.length);
    // The key is the same in all rows of a conversation, so it is encoded once.
    if (begin === conversationBegin) writeKey(writer, flat);
    else writer.repeat(conversationBegin + 2, keyBytes);
    let nullCount = 0;
    for (let index = 0; index < row.length; index += 1) {
      const value = row[index];
      if (value === null || value === undefined) {
        nullCount += 1;
        continue;
      }
      if (nullCount > 0) writer.nulls(nullCount);
      nullCount = 0;
      writer.value((columns[index + keyColumns.length] as Column).type, value);
    }
    if (nullCount > 0) writer.nulls(nullCount);
    if (asOfMs !== undefined) writer.time(asOfMs);
  }
}

export function writeKey(writer: RowWriter, flat: FlatConversation): void {
  writer.time(flat.conversationStart);
  writer.uuid(flat.conversationId);
}
