import type { ColumnChunk, Encoding } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import type { LakeColumn } from '../../../model/lake.js';
import { compression } from '../compression.js';
import { flatSchema } from '../elements.js';
import type { Bounds, ColumnValues, DictionaryPage } from './column-values.js';
import { bitWidthOf, encodeRuns } from './runs.js';

/** The compressed pages of a column of a row group, with everything that the footer needs except their position. */
export interface EncodedChunk {
  readonly dictionary?: Buffer;
  readonly data: Buffer;
  readonly uncompressedSize: number;
  readonly encodings: Encoding[];
  readonly column: LakeColumn;
  readonly rows: number;
  readonly nulls: number;
  readonly bounds?: Bounds;
}

/** Encodes the values synchronously and compresses them in another thread. The values are not needed afterwards. */
export async function encodeChunk(column: LakeColumn, values: ColumnValues): Promise<EncodedChunk> {
  const bounds = values.bounds();
  const { rows, nulls } = values;
  const levels = encodeRuns(values.defined(), rows, 1);
  const found = values.dictionary();
  const dictionary = found !== undefined && values.count > 0 && isWorth(found, column, values) ? found : undefined;
  const encoding = dictionary === undefined ? 'PLAIN' : 'RLE_DICTIONARY';
  const body = dictionary === undefined ? values.plain() : indexBytes(dictionary);
  const pages = [dataPage(encoding, { levels, body, rows, nulls })];
  if (dictionary !== undefined) pages.unshift(dictionaryPage(dictionary));
  const written = await Promise.all(pages);
  return {
    ...(written.length > 1 && { dictionary: (written[0] as Page).bytes }),
    data: (written.at(-1) as Page).bytes,
    uncompressedSize: written.reduce((total, page) => total + page.uncompressedSize, 0),
    encodings: dictionary === undefined ? [encoding] : ['PLAIN', encoding],
    column,
    rows,
    nulls,
    ...(bounds !== undefined && { bounds }),
  };
}

/** Bytes of a value in a PLAIN page; for a text, of its length only. */
const valueBytes: Readonly<Record<LakeColumn['type'], number>> = {
  string: 4,
  integer: 4,
  date: 4,
  long: 8,
  decimal: 8,
  timestamp: 8,
  double: 8,
  boolean: 1,
};

/** Returns true if a dictionary halves the bytes; otherwise it would only be one more page to read. */
function isWorth(
  { bytes, count, indexes }: DictionaryPage,
  { type }: LakeColumn,
  { count: values }: ColumnValues,
): boolean {
  const withDictionary = bytes.length + (values * bitWidthOf(count - 1)) / 8;
  if (type !== 'string') return 2 * withDictionary <= values * valueBytes[type];
  return 2 * withDictionary <= plainTextBytes(bytes, indexes);
}

function plainTextBytes(dictionary: Buffer, indexes: Int32Array): number {
  const sizes: number[] = [];
  for (let at = 0; at < dictionary.length; at += sizes.at(-1) as number)
    sizes.push(valueBytes.string + dictionary.readUInt32LE(at));
  return indexes.reduce((total, index) => total + (sizes[index] as number), 0);
}

function indexBytes({ count, indexes }: DictionaryPage): Buffer {
  const bitWidth = bitWidthOf(count - 1);
  return Buffer.concat([Buffer.from([bitWidth]), encodeRuns(indexes, indexes.length, bitWidth)]);
}

interface Page {
  readonly bytes: Buffer;
  readonly uncompressedSize: number;
}

interface DataPage {
  /** Marks the rows that have a value. */
  readonly levels: Buffer;
  readonly body: Buffer;
  readonly rows: number;
  readonly nulls: number;
}

async function dataPage(encoding: Encoding, { levels, body, rows, nulls }: DataPage): Promise<Page> {
  const compressed = await compression.compress(body);
  const header = headerBytes({
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: levels.length + body.length,
    compressed_page_size: levels.length + compressed.length,
    data_page_header_v2: {
      num_values: rows,
      num_nulls: nulls,
      num_rows: rows,
      encoding,
      definition_levels_byte_length: levels.length,
      repetition_levels_byte_length: 0,
      is_compressed: true,
    },
  });
  return {
    bytes: Buffer.concat([header, levels, compressed]),
    uncompressedSize: header.length + levels.length + body.length,
  };
}

async function dictionaryPage({ bytes, count }: DictionaryPage): Promise<Page> {
  const compressed = await compression.compress(bytes);
  const header = headerBytes({
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: bytes.length,
    compressed_page_size: compressed.length,
    dictionary_page_header: { num_values: count, encoding: 'PLAIN' },
  });
  return { bytes: Buffer.concat([header, compressed]), uncompressedSize: header.length + bytes.length };
}

function headerBytes(header: Parameters<typeof writePageHeader>[1]): Buffer {
  const writer = new ByteWriter();
  writePageHeader(writer, header);
  return Buffer.from(writer.getBytes());
}

/** Describes a chunk whose first byte is at `offset` of the file, for the footer. */
export function footerOf(chunk: EncodedChunk, offset: number): ColumnChunk {
  const { column, dictionary, data, rows, nulls, bounds, encodings, uncompressedSize } = chunk;
  const dictionaryBytes = dictionary?.length ?? 0;
  return {
    file_offset: BigInt(offset),
    meta_data: {
      type: flatSchema([column])[1]?.type ?? 'BYTE_ARRAY',
      encodings,
      path_in_schema: [column.name],
      codec: compression.codec,
      num_values: BigInt(rows),
      total_compressed_size: BigInt(dictionaryBytes + data.length),
      total_uncompressed_size: BigInt(uncompressedSize),
      data_page_offset: BigInt(offset + dictionaryBytes),
      ...(dictionary !== undefined && { dictionary_page_offset: BigInt(offset) }),
      statistics: { null_count: BigInt(nulls), ...(bounds && statisticsBounds(bounds)) },
    },
  };
}

/** Returns the bounds; by the format, a minimum of zero is negative zero and a maximum positive. */
function statisticsBounds({ min, max }: Bounds): { min_value: Bounds['min']; max_value: Bounds['max'] } {
  return { min_value: min === 0 ? -0 : min, max_value: max === 0 ? 0 : max };
}
