import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, test } from 'vitest';
import { encodeRuns } from '../../../src/lake/parquet/columns/runs.js';
import { writeParquet } from '../../../src/lake/parquet/write-file.js';
import type { LakeColumn, LakeType } from '../../../src/model/lake.js';
import { copyHeader, copyTrailer } from '../../../src/postgres/connection/copy.js';

type Value = string | number | bigint | boolean | null;

const epochMicroseconds = 946_684_800_000_000n;
const epochDays = 10_957;

/** A value as `COPY … (format binary)` sends it; days and microseconds count from 1970 here. */
function cellBytes(type: LakeType, value: Value): Buffer {
  const bytes = Buffer.alloc(type === 'integer' || type === 'date' ? 4 : type === 'boolean' ? 1 : 8);
  if (type === 'string') return Buffer.from(value as string);
  if (type === 'integer') bytes.writeInt32BE(value as number);
  else if (type === 'date') bytes.writeInt32BE((value as number) - epochDays);
  else if (type === 'double') bytes.writeDoubleBE(value as number);
  else if (type === 'boolean') bytes[0] = value ? 1 : 0;
  else bytes.writeBigInt64BE(type === 'timestamp' ? (value as bigint) - epochMicroseconds : (value as bigint));
  return bytes;
}

function copyBytes(types: readonly LakeType[], rows: readonly (readonly Value[])[]): Buffer {
  const parts: Buffer[] = [copyHeader];
  for (const row of rows) {
    parts.push(Buffer.from([0, types.length]));
    row.forEach((value, index) => {
      const bytes = value === null ? undefined : cellBytes(types[index] as LakeType, value);
      const size = Buffer.alloc(4);
      size.writeInt32BE(bytes?.length ?? -1);
      parts.push(size, bytes ?? Buffer.alloc(0));
    });
  }
  return Buffer.concat([...parts, copyTrailer]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Written {
  readonly rows: Record<string, unknown>[];
  readonly file: ArrayBuffer;
  readonly stats: {
    numRecords: number;
    minValues: Record<string, unknown>;
    maxValues: Record<string, unknown>;
    nullCount: Record<string, number>;
  };
}

/** Writes rows that arrive in pieces of `pieceBytes`, and reads them with another program's reader. */
async function roundTrip(
  types: readonly LakeType[],
  rows: readonly (readonly Value[])[],
  pieceBytes = 1_000,
): Promise<Written> {
  const columns: LakeColumn[] = types.map((type, index) => ({ name: `c${index}`, type }));
  const parts: Buffer[] = [];
  const written = await writeParquet(columns, inPieces(copyBytes(types, rows), pieceBytes), async (bytes) => {
    for await (const part of bytes) parts.push(Buffer.from(part));
  });
  const all = Buffer.concat(parts);
  expect(written).toMatchObject({ rows: rows.length, size: all.length });
  const file = all.buffer.slice(all.byteOffset, all.byteOffset + all.length) as ArrayBuffer;
  return {
    file,
    rows: await parquetReadObjects({ file, compressors }),
    stats: JSON.parse(written?.stats ?? ''),
  };
}

/** Returns the value as a reader shows it. */
function readValue(type: LakeType, value: Value): unknown {
  if (value === null) return null;
  if (type === 'decimal') return Number(value) * 10 ** -3;
  if (type === 'date') return new Date((value as number) * 86_400_000);
  return type === 'timestamp' ? new Date(Number(value as bigint) / 1_000) : value;
}

const instant = (index: number) => BigInt(Date.UTC(2026, 2, 1) + index * 1_000) * 1_000n;
/** For each type a column of few values and one in which all differ, of every third row null and of none. */
const columns: readonly (readonly [LakeType, (index: number) => Value])[] = [
  ['string', (index) => `value ${index % 7}`],
  ['string', (index) => `Schlüssel ${index} 漢字 🙂`],
  ['string', (index) => (index % 3 === 0 ? null : 'x'.repeat(index % 200))],
  ['string', () => null],
  ['integer', (index) => index % 5],
  ['integer', (index) => (index % 3 === 0 ? null : index * -40_000)],
  ['long', (index) => BigInt(index) * 4_294_967_299n],
  ['long', (index) => (index % 2 === 0 ? -1n : BigInt(index % 4))],
  ['decimal', (index) => BigInt((index * 7_919) % 600_000)],
  ['double', (index) => (index % 3 === 0 ? null : index / 3)],
  ['boolean', (index) => (index % 3 === 0 ? null : index % 2 === 0)],
  ['boolean', (index) => index < 100],
  ['date', (index) => 20_513 + (index % 31)],
  ['timestamp', instant],
];
const types = columns.map(([type]) => type);
const rowOf = (index: number) => columns.map(([, value]) => value(index));

describe('a Parquet file', () => {
  test.each([1, 10, 5_000, 45_000])('of %i rows is read with exactly the values that Postgres sent', async (count) => {
    const given = Array.from({ length: count }, (_, index) => rowOf(index));
    const { rows, stats, file } = await roundTrip(types, given, 64 * 1024);
    expect(rows).toHaveLength(count);
    const texts = rows.map((row) => types.map((_, at) => textOf(row[`c${at}`])).join(' | '));
    const wanted = given.map((row) =>
      row.map((value, at) => textOf(readValue(types[at] as LakeType, value))).join(' | '),
    );
    expect(texts.findIndex((text, index) => text !== wanted[index])).toBe(-1);
    expect(texts.at(-1)).toBe(wanted.at(-1));
    expect(stats.numRecords).toBe(count);
    expect(parquetMetadata(file).row_groups.reduce((total, group) => total + Number(group.num_rows), 0)).toBe(count);
  });

  test('whose rows arrive byte by byte, or all at once, is the same', async () => {
    const given = Array.from({ length: 50 }, (_, index) => rowOf(index));
    const [slow, quick] = [await roundTrip(types, given, 1), await roundTrip(types, given, 10_000_000)];
    expect(Buffer.from(slow.file).equals(Buffer.from(quick.file))).toBe(true);
  });

  test('says the bounds of its columns; of texts that are long or not of plain letters, none', async () => {
    const { stats } = await roundTrip(
      ['string', 'string', 'string', 'integer', 'long', 'decimal', 'double', 'date', 'timestamp', 'boolean', 'string'],
      [
        ['b', 'ü', 'x'.repeat(65), -5, 2n ** 53n - 1n, -1_500n, 0.5, 20_513, 1_772_323_200_000_999n, true, null],
        ['a', 'a', 'y', 7, -3n, 2_250n, -0.25, 20_514, 1_772_323_200_000_000n, false, null],
      ],
    );
    expect(stats).toEqual({
      numRecords: 2,
      minValues: {
        c0: 'a',
        c3: -5,
        c4: -3,
        c5: -1.5,
        c6: -0.25,
        c7: '2026-03-01',
        c8: '2026-03-01T00:00:00.000Z',
      },
      maxValues: {
        c0: 'b',
        c3: 7,
        c4: 2 ** 53 - 1,
        c5: 2.25,
        c6: 0.5,
        c7: '2026-03-02',
        c8: '2026-03-01T00:00:00.001Z',
      },
      nullCount: { c0: 0, c1: 0, c2: 0, c3: 0, c4: 0, c5: 0, c6: 0, c7: 0, c8: 0, c9: 0, c10: 2 },
    });
  });

  test('keeps numbers beyond those that a double holds exactly, without bounds', async () => {
    const values = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 5n, -(2n ** 53n) - 1n];
    const { rows, stats } = await roundTrip(
      ['long'],
      values.map((value) => [value]),
    );
    expect(rows.map(({ c0 }) => c0)).toEqual(values);
    expect(stats.minValues).toEqual({});
    const nan = await roundTrip(['double'], [[Number.NaN], [1]]);
    expect(nan.rows.map(({ c0 }) => c0)).toEqual([Number.NaN, 1]);
    expect(nan.stats.maxValues).toEqual({});
  });

  test('has no bounds for instants and dates that readers of a log cannot parse, and holds infinite dates', async () => {
    const year = 365.25 * 86_400;
    const afterLast = BigInt(Math.round(10_000 * year)) * 1_000_000n;
    const { rows, stats } = await roundTrip(
      ['timestamp', 'date', 'date', 'date'],
      [
        [afterLast, 2 ** 31 - 1, 2_932_897, -719_162],
        [0n, 0, 0, 2_932_896],
      ],
    );
    expect(rows).toHaveLength(2);
    expect(stats.minValues).toEqual({ c3: '0001-01-01' });
    expect(stats.maxValues).toEqual({ c3: '9999-12-31' });
  });

  test('has no bounds of texts that may be personal, because the log outlives the files', async () => {
    const columns: LakeColumn[] = [
      { name: 'name', type: 'string', isUnbounded: true },
      { name: 'kind', type: 'string' },
    ];
    const source = inPieces(copyBytes(['string', 'string'], [['Ada', 'x']]), 100);
    const drop = async (bytes: AsyncIterable<Uint8Array>) => {
      for await (const _ of bytes);
    };
    const written = await writeParquet(columns, source, drop);
    expect(JSON.parse(written?.stats ?? '')).toEqual({
      numRecords: 1,
      minValues: { kind: 'x' },
      maxValues: { kind: 'x' },
      nullCount: { name: 0, kind: 0 },
    });
  });

  test('is not written without rows', async () => {
    const source = inPieces(copyBytes(['string'], []), 100);
    expect(await writeParquet([{ name: 'c0', type: 'string' }], source, async () => {})).toBeUndefined();
  });

  test('whose rows broke off, or have other columns, is an error', async () => {
    const bytes = copyBytes(['integer'], [[1], [2]]);
    const write = (type: LakeType[], given: Buffer) =>
      writeParquet(
        type.map((each, index) => ({ name: `c${index}`, type: each })),
        inPieces(given, 7),
        async (parts) => {
          for await (const _ of parts);
        },
      );
    await expect(write(['integer'], bytes.subarray(0, bytes.length - 4))).rejects.toThrow('ended prematurely');
    await expect(write(['integer', 'integer'], bytes)).rejects.toThrow('has 1 columns of 2');
  });

  test('whose store fails is that failure', async () => {
    const given = Array.from({ length: 45_000 }, (_, index) => rowOf(index));
    const source = inPieces(copyBytes(types, given), 64 * 1024);
    const put = async () => {
      throw new Error('The store is full.');
    };
    await expect(
      writeParquet(
        columns.map(([type], index) => ({ name: `c${index}`, type })),
        source,
        put,
      ),
    ).rejects.toThrow('The store is full.');
  });
});

const textOf = (value: unknown): string =>
  typeof value === 'bigint' ? `${value}n` : value instanceof Date ? value.toISOString() : String(value ?? null);

test('runs of small numbers take the bytes that the format says', () => {
  // The example of the format: 0 to 7 in three bits each.
  expect([...encodeRuns([0, 1, 2, 3, 4, 5, 6, 7], 8, 3)]).toEqual([3, 0b10001000, 0b11000110, 0b11111010]);
  expect([...encodeRuns(Array(1_000).fill(4), 1_000, 3)]).toEqual([0xd0, 0x0f, 4]);
  expect([...encodeRuns([1, 0, 1], 3, 1)]).toEqual([3, 0b101]);
});
