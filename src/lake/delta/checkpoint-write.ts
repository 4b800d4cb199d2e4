import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { compression } from '../parquet/compression.js';
import { boolean, integer, list, long, map, string, struct } from '../parquet/elements.js';
import type { Store } from '../stores/store.js';
import { type Action, checkpointPath } from './actions.js';
import type { Snapshot } from './snapshot.js';

/** The checkpoint schema of PROTOCOL.md, without the columns of features that a table of protocol (1,2) cannot have. */
const members: readonly SchemaElement[][] = [
  struct('txn', string('appId'), long('version'), long('lastUpdated')),
  struct(
    'add',
    string('path'),
    map('partitionValues'),
    long('size'),
    long('modificationTime'),
    boolean('dataChange'),
    map('tags'),
    string('stats'),
  ),
  struct(
    'remove',
    string('path'),
    long('deletionTimestamp'),
    boolean('dataChange'),
    boolean('extendedFileMetadata'),
    map('partitionValues'),
    long('size'),
  ),
  struct(
    'metaData',
    string('id'),
    string('name'),
    string('description'),
    struct('format', string('provider'), map('options')),
    string('schemaString'),
    list('partitionColumns'),
    map('configuration'),
    long('createdTime'),
  ),
  struct('protocol', integer('minReaderVersion'), integer('minWriterVersion')),
];
const names = ['txn', 'add', 'remove', 'metaData', 'protocol'] as const;
const longs = new Set(['version', 'lastUpdated', 'size', 'modificationTime', 'deletionTimestamp', 'createdTime']);

/** Options; deleted files are listed as long as vacuum keeps them. */
export interface CheckpointOptions {
  readonly tombstonesSinceMs: number;
}

/** Writes the checkpoint of a version and points `_last_checkpoint` at it. Two processes that write the same one write equal content. */
export async function writeCheckpoint(
  store: Store,
  path: string,
  snapshot: Snapshot,
  { tombstonesSinceMs }: CheckpointOptions,
): Promise<void> {
  const actions = checkpointActions(snapshot, tombstonesSinceMs);
  const bytes = encode(actions);
  await store.putIfAbsent(`${path}/${checkpointPath(snapshot.version)}`, bytes);
  const pointer = { version: snapshot.version, size: actions.length, sizeInBytes: bytes.length };
  await store.put(`${path}/_delta_log/_last_checkpoint`, only(Buffer.from(JSON.stringify(pointer))));
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

function checkpointActions(snapshot: Snapshot, tombstonesSinceMs: number): Action[] {
  const { protocol, metadata, files, tombstones, transactions } = snapshot;
  const recent = [...tombstones.values()].filter((file) => (file.deletionTimestamp ?? 0) >= tombstonesSinceMs);
  return [
    ...(protocol ? [{ protocol }] : []),
    ...(metadata ? [{ metaData: metadata }] : []),
    ...[...transactions.values()].map((txn) => ({ txn })),
    // Required by the protocol: the files that a checkpoint lists are not a change of data.
    ...[...files.values()].map((add) => ({ add: { ...add, dataChange: false } })),
    ...recent.map((remove) => ({ remove: { ...remove, dataChange: false } })),
  ];
}

function encode(actions: readonly Action[]): Buffer {
  const writer = new ByteWriter();
  const schema = [{ name: 'spark_schema', num_children: members.length }, ...members.flat()];
  const { codec, compressors } = compression;
  const file = new ParquetWriter({ writer, schema, codec, compressors, createdBy: 'genesys-warehouse' });
  const columnData = names.map((name) => ({ name, data: actions.map((action) => stored(action[name])) }));
  void file.write({ columnData, rowGroupSize: Math.max(1, actions.length) });
  void file.finish();
  return Buffer.from(writer.getBytes());
}

/** Converts a value for the writer: longs to bigint, missing values to null. */
function stored(value: unknown, name = ''): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && longs.has(name)) return BigInt(Math.trunc(value));
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, stored(each, key)]));
}
