/** Merges the day files of final months into one file per month: fewer requests, and no other change for readers. */

import { randomUUID } from 'node:crypto';
import { LakeError } from '../lib/errors.js';
import { dayMs } from '../lib/interval.js';
import type { AddFile } from './delta/actions.js';
import { commit } from './delta/commit.js';
import { requireWritable } from './delta/protocol.js';
import { monthColumn } from './delta/schema.js';
import { readSnapshot, type Snapshot } from './delta/snapshot.js';
import { exportNumberOf, firstOfNextMonth, isOf, rangeOf, tagNames } from './delta/units.js';
import { removeOf } from './export-table.js';
import { mergedStats } from './merged-stats.js';
import { compression } from './parquet/compression.js';
import { concatParquet } from './parquet/concat.js';
import type { Store } from './stores/store.js';

export interface CompactOptions {
  readonly organizationId: string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Days for which Genesys restates and completes data; a month is final when its last day is. */
export const finalDays = 62;
/** A larger month stays in day files, which is better for memory and readers. */
const compactedBytesMax = 512 * 1024 * 1024;

/** Compacts final months of a table; returns how many. */
export async function compactTable(store: Store, path: string, options: CompactOptions): Promise<number> {
  let snapshot = await readSnapshot(store, path);
  if (snapshot.protocol && snapshot.metadata) requireWritable(path, snapshot.protocol, snapshot.metadata);
  let count = 0;
  for (const [month, files] of monthsOf(snapshot, options)) {
    options.signal.throwIfAborted();
    const after = await compactMonth(store, path, snapshot, { ...options, month, files });
    if (after === undefined) continue;
    snapshot = after;
    count += 1;
  }
  return count;
}

function monthsOf(snapshot: Snapshot, { organizationId, nowMs }: CompactOptions): Map<string, AddFile[]> {
  const finalBefore = new Date(nowMs - finalDays * dayMs).toISOString().slice(0, 10);
  const months = new Map<string, AddFile[]>();
  for (const file of snapshot.files.values()) {
    const month = file.partitionValues[monthColumn];
    const isFinal = month && firstOfNextMonth(month) <= finalBefore;
    if (!isFinal || !isOf(file, organizationId)) continue;
    months.set(month, [...(months.get(month) ?? []), file]);
  }
  for (const [month, files] of months) {
    const bytes = files.reduce((total, { size }) => total + size, 0);
    if (files.length < 2 || bytes > compactedBytesMax) months.delete(month);
  }
  return months;
}

interface MonthToCompact extends CompactOptions {
  readonly month: string;
  readonly files: readonly AddFile[];
}

async function compactMonth(
  store: Store,
  path: string,
  snapshot: Snapshot,
  work: MonthToCompact,
): Promise<Snapshot | undefined> {
  const files = [...work.files].sort((a, b) => (rangeOf(a).from < rangeOf(b).from ? -1 : 1));
  const [first] = files as [AddFile];
  const folder = first.path.slice(0, first.path.lastIndexOf('/'));
  const name = `${folder}/part-${randomUUID()}.${compression.codec.toLowerCase()}.parquet`;
  const read = async (file: string) => requirePresent(await store.read(`${path}/${decodeURI(file)}`), file);
  const put = (bytes: AsyncIterable<Uint8Array>) => store.put(`${path}/${name}`, bytes, work.signal);
  const size = await concatParquet(
    files.map((file) => file.path),
    read,
    put,
  );
  if (size === undefined) return undefined;
  const add = compactedFile(name, size, files, work.nowMs);
  const after = await commit(store, path, snapshot, {
    operation: 'OPTIMIZE',
    parameters: { predicate: `["${monthColumn} = ${work.month}"]` },
    nowMs: work.nowMs,
    decide: (latest) => {
      // An export has replaced one of the days meanwhile; the next run compacts the month.
      if (!files.every((file) => latest.files.has(file.path))) return [];
      const removed = files.map((file) => ({ remove: { ...removeOf(file, work.nowMs), dataChange: false } }));
      return [...removed, { add }];
    },
  });
  if (after.files.has(name)) return after;
  await store.delete(`${path}/${name}`).catch(() => {});
  return undefined;
}

function requirePresent(bytes: Buffer | undefined, file: string): Buffer {
  if (bytes !== undefined) return bytes;
  throw new LakeError(`File ${file} is in the log but not in the store. Export the days of its month again.`);
}

function compactedFile(path: string, size: number, files: readonly AddFile[], nowMs: number): AddFile {
  const [first] = files as [AddFile];
  const ranges = files.map(rangeOf);
  const stats = mergedStats(files.map((file) => file.stats));
  return {
    path,
    partitionValues: first.partitionValues,
    size,
    modificationTime: nowMs,
    dataChange: false,
    ...(stats !== undefined && { stats }),
    tags: {
      [tagNames.from]: ranges.map(({ from }) => from).sort()[0] as string,
      [tagNames.to]: ranges
        .map(({ to }) => to)
        .sort()
        .at(-1) as string,
      [tagNames.exportNumber]: String(Math.max(...files.map(exportNumberOf))),
    },
  };
}
