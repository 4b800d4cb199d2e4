import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { ParquetWriter } from 'hyparquet-writer';
import { ByteSink } from './sink.js';

/** Parsers that keep bounds as stored, so that they go into the new footer unchanged. */
const parsers = {
  timestampFromMicroseconds: (microseconds: bigint) => microseconds,
  dateFromDays: (days: number) => days,
};
const magicBytes = 4;

/**
 * Concatenates Parquet files of one schema without decoding their rows: copies their column chunks
 * and writes one footer. Resolves to the size, or to undefined, without writing anything, if the
 * schemas differ.
 */
export async function concatParquet(
  files: readonly string[],
  read: (path: string) => Promise<Buffer>,
  put: (bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<number | undefined> {
  const schema = await commonSchema(files, read);
  if (schema === undefined) return undefined;
  const sink = new ByteSink(put);
  const writer = new ParquetWriter({ writer: sink, schema, createdBy: 'genesys-warehouse' });
  try {
    for (const path of files) {
      const bytes = await read(path);
      append(writer, sink, bytes, parquetMetadata(bytes, { parsers: parsers as never }));
      await sink.flush();
    }
    await writer.finish();
    await sink.close();
    return sink.offset;
  } catch (error) {
    await sink.abort(error as Error);
    throw error;
  }
}

async function commonSchema(
  files: readonly string[],
  read: (path: string) => Promise<Buffer>,
): Promise<FileMetaData['schema'] | undefined> {
  let common: FileMetaData['schema'] | undefined;
  for (const path of files) {
    const { schema } = parquetMetadata(await read(path));
    if (common !== undefined && JSON.stringify(schema) !== JSON.stringify(common)) return undefined;
    common = schema;
  }
  return common;
}

/** Copies everything between the first column chunk and the end of the last; indexes are dropped. */
function append(writer: ParquetWriter, sink: ByteSink, bytes: Buffer, metadata: FileMetaData): void {
  const end = Math.max(...metadata.row_groups.flatMap(({ columns }) => columns.map(endOfChunk)));
  const shift = BigInt(sink.offset - magicBytes);
  sink.appendBytes(bytes.subarray(magicBytes, end));
  for (const group of metadata.row_groups) {
    writer.row_groups.push({ ...group, columns: group.columns.map((column) => shifted(column, shift)) });
    writer.num_rows += group.num_rows;
  }
}

type Column = FileMetaData['row_groups'][number]['columns'][number];

function facts(column: Column): NonNullable<Column['meta_data']> {
  if (column.meta_data === undefined) throw new Error('A column chunk of a Parquet file has no metadata.');
  return column.meta_data;
}

function endOfChunk(column: Column): number {
  const { dictionary_page_offset: dictionary, data_page_offset: data, total_compressed_size: size } = facts(column);
  return Number(dictionary ?? data) + Number(size);
}

function shifted(column: Column, shift: bigint): Column {
  const meta = facts(column);
  const { bloom_filter_offset: _, bloom_filter_length: __, index_page_offset: ___, ...kept } = meta;
  return {
    file_offset: column.file_offset + shift,
    meta_data: {
      ...kept,
      data_page_offset: meta.data_page_offset + shift,
      ...(meta.dictionary_page_offset !== undefined && {
        dictionary_page_offset: meta.dictionary_page_offset + shift,
      }),
    },
  };
}
