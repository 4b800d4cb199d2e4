import { ParquetWriter } from 'hyparquet-writer';
import type { LakeColumn } from '../../model/lake.js';
import { type EncodedChunk, encodeChunk, footerOf } from './columns/chunk.js';
import type { ColumnValues } from './columns/column-values.js';
import { flatSchema } from './elements.js';
import { RowReader } from './rows.js';
import { ByteSink } from './sink.js';
import { StatsCollector } from './stats.js';

/** Limits of a row group, which is in memory as a whole: cells, rows and bytes. */
const cellsPerGroup = 600_000;
const rowsPerGroupMax = 20_000;
const bytesPerGroupMax = 16 * 1024 * 1024;

export interface WrittenFile {
  readonly rows: number;
  readonly size: number;
  /** JSON of the `add` action. */
  readonly stats: string;
}

type Put = (bytes: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Writes the rows of `source` as one Parquet file, a row group at a time, while they arrive. Resolves to undefined, having written nothing,
 * where there are no rows.
 */
export async function writeParquet(
  columns: readonly LakeColumn[],
  source: AsyncIterable<Buffer>,
  put: Put,
): Promise<WrittenFile | undefined> {
  const reader = new RowReader(columns);
  const file = new GroupWriter(columns, put);
  const rowsPerGroup = Math.min(rowsPerGroupMax, Math.ceil(cellsPerGroup / columns.length));
  try {
    for await (const chunk of source) {
      reader.add(chunk);
      if (reader.rows >= rowsPerGroup || reader.bytes >= bytesPerGroupMax) await file.write(reader.take());
    }
    reader.end();
    if (reader.rows > 0) await file.write(reader.take());
    return await file.close();
  } catch (error) {
    await file.abort(error as Error);
    throw error;
  }
}

/** Begins the file with its first row group. One group is compressed and stored while the next one is read. */
class GroupWriter {
  readonly #columns: readonly LakeColumn[];
  readonly #put: Put;
  readonly #stats: StatsCollector;
  #open: { readonly sink: ByteSink; readonly writer: ParquetWriter } | undefined;
  #stored: Promise<void> = Promise.resolve();

  constructor(columns: readonly LakeColumn[], put: Put) {
    this.#columns = columns;
    this.#put = put;
    this.#stats = new StatsCollector(columns);
  }

  /** Resolves when the group before this one is stored. */
  async write(values: readonly ColumnValues[]): Promise<void> {
    const chunks = Promise.all(
      this.#columns.map((column, index) => encodeChunk(column, values[index] as ColumnValues)),
    );
    const before = this.#stored;
    this.#stored = Promise.all([chunks, before]).then(([encoded]) => this.#append(encoded));
    // The caller sees the failure with the next group, or at the end.
    this.#stored.catch(() => {});
    await before;
  }

  async #append(chunks: readonly EncodedChunk[]): Promise<void> {
    this.#stats.add(chunks);
    this.#open ??= this.#begin();
    const { sink, writer } = this.#open;
    const start = sink.offset;
    const columns = chunks.map((chunk) => {
      const footer = footerOf(chunk, sink.offset);
      if (chunk.dictionary !== undefined) sink.appendBytes(chunk.dictionary);
      sink.appendBytes(chunk.data);
      return footer;
    });
    const rows = BigInt(chunks[0]?.rows ?? 0);
    const uncompressed = chunks.reduce((total, { uncompressedSize }) => total + uncompressedSize, 0);
    writer.row_groups.push({
      columns,
      num_rows: rows,
      total_byte_size: BigInt(uncompressed),
      total_compressed_size: BigInt(sink.offset - start),
    });
    writer.num_rows += rows;
    await sink.flush();
  }

  async close(): Promise<WrittenFile | undefined> {
    await this.#stored;
    if (this.#open === undefined) return undefined;
    const { sink, writer } = this.#open;
    await writer.finish();
    await sink.close();
    return { rows: this.#stats.rows, size: sink.offset, stats: this.#stats.text() };
  }

  async abort(reason: Error): Promise<void> {
    await this.#stored.catch(() => {});
    await this.#open?.sink.abort(reason);
  }

  #begin(): { sink: ByteSink; writer: ParquetWriter } {
    const sink = new ByteSink(this.#put);
    return {
      sink,
      writer: new ParquetWriter({ writer: sink, schema: flatSchema(this.#columns), createdBy: 'genesys-warehouse' }),
    };
  }
}
