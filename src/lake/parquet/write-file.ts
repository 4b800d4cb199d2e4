import { ParquetWriter } from 'hyparquet-writer';
import type { LakeColumn } from '../../model/lake.js';
import { compression } from './compression.js';
import { flatSchema } from './elements.js';
import { type Cell, RowReader } from './rows.js';
import { ByteSink } from './sink.js';
import { StatsCollector } from './stats.js';

/** Cells of a row group, which are in memory at once, and its rows at most. */
const cellsPerGroup = 600_000;
const rowsPerGroupMax = 20_000;

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
      if (reader.rows >= rowsPerGroup) await file.write(reader.take());
    }
    reader.end();
    if (reader.rows > 0) await file.write(reader.take());
    return await file.close();
  } catch (error) {
    await file.abort(error as Error);
    throw error;
  }
}

/** Begins the file with its first row group. */
class GroupWriter {
  readonly #columns: readonly LakeColumn[];
  readonly #put: Put;
  readonly #stats: StatsCollector;
  #open: { readonly sink: ByteSink; readonly writer: ParquetWriter } | undefined;

  constructor(columns: readonly LakeColumn[], put: Put) {
    this.#columns = columns;
    this.#put = put;
    this.#stats = new StatsCollector(columns);
  }

  async write(cells: Cell[][]): Promise<void> {
    this.#stats.add(cells);
    this.#open ??= this.#begin();
    const columnData = this.#columns.map(({ name }, index) => ({ name, data: cells[index] as Cell[] }));
    await this.#open.writer.write({ columnData, rowGroupSize: cells[0]?.length ?? 1 });
  }

  async close(): Promise<WrittenFile | undefined> {
    if (this.#open === undefined) return undefined;
    const { sink, writer } = this.#open;
    await writer.finish();
    await sink.close();
    return { rows: this.#stats.rows, size: sink.offset, stats: this.#stats.text() };
  }

  async abort(reason: Error): Promise<void> {
    await this.#open?.sink.abort(reason);
  }

  #begin(): { sink: ByteSink; writer: ParquetWriter } {
    const sink = new ByteSink(this.#put);
    const { codec, compressors } = compression;
    const schema = flatSchema(this.#columns);
    return {
      sink,
      writer: new ParquetWriter({ writer: sink, schema, codec, compressors, createdBy: 'genesys-warehouse' }),
    };
  }
}
