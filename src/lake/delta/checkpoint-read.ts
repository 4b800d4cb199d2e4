import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { LakeError } from '../../lib/errors.js';
import type { Store } from '../stores/store.js';
import type { Action } from './actions.js';

/** Reads one checkpoint file, written by any engine. */
export async function readCheckpoint(store: Store, path: string): Promise<Action[]> {
  const bytes = await store.read(path);
  if (bytes === undefined) throw new LakeError(`Checkpoint ${path} is listed but cannot be read.`);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const rows = await parquetReadObjects({ file, compressors });
  return rows.map((row) => plain(row) as Action);
}

/**
 * Converts to plain JSON: bigints become numbers, which are large enough for sizes, times and
 * versions; null and empty entries are removed.
 */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(plain);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.filter(([, each]) => each !== undefined).map(([key, each]) => [key, plain(each)]));
}
