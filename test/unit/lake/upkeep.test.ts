import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compactTable } from '../../../src/lake/compact.js';
import { commit } from '../../../src/lake/delta/commit.js';
import { readSnapshot } from '../../../src/lake/delta/snapshot.js';
import { guardedStore } from '../../../src/lake/stores/guarded-store.js';
import { lakeAddress, openStore } from '../../../src/lake/stores/open-store.js';
import { requireConditionalPuts } from '../../../src/lake/stores/require-conditional-puts.js';
import type { Store } from '../../../src/lake/stores/store.js';
import { pruneTable, vacuumTable } from '../../../src/lake/vacuum.js';
import { at, namesIn, organizationId, type Thing, table, temporaryStore, write } from './support.js';

const hour = 3_600_000;
const day = 24 * hour;
const days = ['2025-11-01', '2025-11-02', '2025-11-30', '2026-03-10'];
const things: readonly Thing[] = days.flatMap((each): Thing[] => [
  [`${each} a`, 1, `${each}T10:00:00.000Z`],
  [`${each} b`, null, `${each}T23:59:59.999Z`],
]);
const all = things.map(([name]) => name).sort();

let store: Store;
let root: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ store, root, remove } = await temporaryStore());
  await write(store, things, days);
});
afterEach(() => remove());

const compact = () =>
  compactTable(store, table.path, { organizationId, nowMs: at.getTime(), signal: new AbortController().signal });
const files = async () => [...(await readSnapshot(store, table.path)).files.values()];

describe('compaction', () => {
  test('puts the days of a final month into one file with the same rows and bounds, and leaves younger months alone', async () => {
    expect(await compact()).toBe(1);
    expect(await namesIn(store)).toEqual(all);
    const found = await files();
    expect(found.map((file) => file.partitionValues.month).sort()).toEqual(['2025-11', '2026-03']);
    const month = found.find((file) => file.partitionValues.month === '2025-11');
    expect(JSON.parse(month?.stats ?? '')).toEqual({
      numRecords: 6,
      minValues: { name: '2025-11-01 a', value: 1, started_at: '2025-11-01T10:00:00.000Z' },
      maxValues: { name: '2025-11-30 b', value: 1, started_at: '2025-11-30T23:59:59.999Z' },
      nullCount: { name: 0, value: 3, started_at: 0 },
    });
    expect(await compact()).toBe(0);
  });

  test('is undone for nobody: a day that changes afterwards is written with its month', async () => {
    await compact();
    const changed = [...things, ['2025-11-02 new', 7, '2025-11-02T12:00:00.000Z'] as const];
    await write(store, changed, ['2025-11-02'], { exportNumber: 2 });
    expect(await namesIn(store)).toEqual(changed.map(([name]) => name).sort());
    expect(await files()).toHaveLength(2);
  });
});

describe('vacuum', () => {
  const vacuum = (nowMs: number, isDryRun = false) =>
    vacuumTable(store, table.path, { keepMs: 7 * day, nowMs, isDryRun });
  const count = async () => (await store.list(`${table.path}/organization_id=`)).length;

  test('deletes replaced files only when the kept time has passed, and none that is read', async () => {
    await write(store, [...things, ['x', 1, '2026-03-10T12:00:00.000Z']], ['2026-03-10'], { exportNumber: 2 });
    expect(await count()).toBe(5);
    expect(await vacuum(at.getTime() + 6 * day)).toMatchObject({ files: 0 });
    expect(await vacuum(at.getTime() + 8 * day, true)).toMatchObject({ files: 1 });
    expect(await count()).toBe(5);
    expect(await vacuum(at.getTime() + 8 * day)).toMatchObject({ files: 1 });
    expect(await namesIn(store)).toEqual([...all, 'x'].sort());
  });

  test('deletes files that no commit names only when no export can be writing them', async () => {
    const orphan = `${table.path}/organization_id=${organizationId}/month=2026-03/part-orphan.parquet`;
    await store.putIfAbsent(orphan, Buffer.from('x'));
    const set = (ms: number) => utimes(join(root, orphan), new Date(ms), new Date(ms));
    await set(at.getTime());
    expect(await vacuum(at.getTime() + 2 * day)).toMatchObject({ files: 0 });
    expect(await vacuum(at.getTime() + 8 * day)).toMatchObject({ files: 1 });
    expect(await namesIn(store)).toEqual(all);
  });

  test('deletes old commits that a checkpoint replaces, and the table reads the same', async () => {
    for (let number = 2; number <= 12; number += 1)
      await write(store, [...things, [`x${number}`, 1, '2026-03-10T12:00:00.000Z']], ['2026-03-10'], {
        exportNumber: number,
      });
    for (const { path } of await store.list(`${table.path}/_delta_log/`)) await utimes(join(root, path), at, at);
    await vacuum(at.getTime() + 31 * day);
    // The checkpoint of version 10 lists files that version 11 has replaced: it is old as well.
    expect((await store.list(`${table.path}/_delta_log/`)).map(({ path }) => path.slice(-31)).sort()[0]).toContain(
      '011.checkpoint',
    );
    expect(await namesIn(store)).toEqual([...all, 'x12'].sort());
    await write(store, things, ['2026-03-10'], { exportNumber: 20 });
    expect(await namesIn(store)).toEqual(all);
  });

  test('deletes old commits that no checkpoint has replaced yet, such as those that name the values of erased persons', async () => {
    await write(store, things.slice(1), ['2025-11-01'], { exportNumber: 2 });
    for (const { path } of await store.list(`${table.path}/_delta_log/`)) await utimes(join(root, path), at, at);
    const log = async () => (await store.list(`${table.path}/_delta_log/`)).map(({ path }) => path.split('/').at(-1));
    await vacuum(at.getTime() + 29 * day);
    expect(await log()).toContain('00000000000000000000.json');
    await vacuum(at.getTime() + 31 * day, true);
    expect(await log()).toContain('00000000000000000000.json');
    await vacuum(at.getTime() + 31 * day);
    expect((await log()).sort()).toEqual([
      '00000000000000000001.checkpoint.parquet',
      '00000000000000000001.json',
      '_last_checkpoint',
    ]);
    expect(await namesIn(store)).toEqual(all.slice(1));
  });

  test('keeps a file for as long as it was asked to, even when checkpoints no longer list it as removed', async () => {
    const before = await count();
    for (let number = 2; number <= 11; number += 1)
      await write(store, [...things, [`x${number}`, 1, '2026-03-10T12:00:00.000Z']], ['2026-03-10'], {
        exportNumber: number,
        now: () => new Date(at.getTime() + (number <= 10 ? 2 : 12) * day),
      });
    for (const { path } of await store.list(`${table.path}/`)) await utimes(join(root, path), at, at);
    expect((await readSnapshot(store, table.path)).checkpointVersion).toBe(10);
    const keep = (keepMs: number) =>
      vacuumTable(store, table.path, { keepMs, nowMs: at.getTime() + 13 * day, isDryRun: false });
    await keep(14 * day);
    expect(await count()).toBe(before + 10);
    await keep(7 * day);
    expect(await count()).toBe(before + 1);
  });

  test('knows a file by its name, whatever the log percent-encodes in it', async () => {
    const [file] = await files();
    const path = `organization_id=${organizationId}/month=2025-11/part%2523 1.parquet`;
    await store.putIfAbsent(
      `${table.path}/${decodeURIComponent(path)}`,
      (await store.read(`${table.path}/${file?.path}`)) as Buffer,
    );
    const snapshot = await readSnapshot(store, table.path);
    await commit(store, table.path, snapshot, {
      operation: 'WRITE',
      nowMs: at.getTime(),
      decide: () => [{ add: { ...file, path, tags: null } as never }],
    });
    for (const each of await store.list(`${table.path}/`)) await utimes(join(root, each.path), at, at);
    expect(await vacuum(at.getTime() + 8 * day)).toMatchObject({ files: 0 });
  });
});

test('prune removes the months before a day from the lake, whole months only', async () => {
  await pruneTable(store, table.path, organizationId, { before: '2025-12-01', nowMs: at.getTime(), isDryRun: true });
  expect(await namesIn(store)).toEqual(all);
  await pruneTable(store, table.path, organizationId, { before: '2025-12-01', nowMs: at.getTime(), isDryRun: false });
  expect(await namesIn(store)).toEqual(['2026-03-10 a', '2026-03-10 b']);
});

describe('a store', () => {
  const timing = { sleep: async () => {}, random: () => 0, stallMsMax: 20 };
  const guarded = (inner: Store) => guardedStore(inner, timing, new AbortController().signal);

  test('that overwrites is refused with a sentence that says what to use', async () => {
    const overwriting: Store = {
      ...store,
      putIfAbsent: async (path, bytes) => {
        await store.delete(path);
        return store.putIfAbsent(path, bytes);
      },
    };
    await expect(requireConditionalPuts(overwriting)).rejects.toThrow(
      /overwrites a file .* Use a store with conditional puts/,
    );
    await expect(requireConditionalPuts(store)).resolves.toBeUndefined();
    expect(await store.list('_genesys_warehouse_check/')).toEqual([]);
  });

  test('that fails at times is asked again', async () => {
    let calls = 0;
    const shaky: Store = {
      ...store,
      // Without the file system, which may be slow.
      read: async () => {
        calls += 1;
        if (calls < 4) throw new Error('reset');
        return undefined;
      },
    };
    await expect(guarded(shaky).read('nothing')).resolves.toBeUndefined();
    expect(calls).toBe(4);
  });

  test('that does not answer is an error after a bounded time, with its address', async () => {
    const silent: Store = { ...store, list: () => new Promise(() => {}), put: () => new Promise(() => {}) };
    await expect(guarded(silent).list('x')).rejects.toThrow(/failed to list x \(no answer in 0.02 s\)/);
    const bytes = (async function* () {
      yield Buffer.from('x');
    })();
    await expect(guarded(silent).put('y', bytes)).rejects.toThrow(/failed to write y \(no progress in 0.02 s\)/);
  });

  test('is opened by its address; credentials in it, clear text and unknown schemes are refused', async () => {
    expect(lakeAddress('s3://bucket/prefix/', '/x')).toBe('s3://bucket/prefix');
    expect(lakeAddress('lake', '/x')).toBe('/x/lake');
    for (const same of ['/x/lake', '/x/lake/', 'file:///x/lake', 'file:///x/lake/'])
      expect(lakeAddress(same, '/y')).toBe('/x/lake');
    expect(() => lakeAddress('file://elsewhere/lake', '/x')).toThrow(/names no folder of this machine/);
    expect(() => lakeAddress('s3://key:secret@bucket', '/x')).toThrow(/must not contain credentials/);
    await expect(openStore('gs://bucket', {})).rejects.toThrow(/is not a lake address/);
    await expect(openStore('s3://bucket', { AWS_ENDPOINT_URL: 'http://s3.example.com' })).rejects.toThrow(
      /is not encrypted/,
    );
    await expect(openStore('abfss://wrong', {})).rejects.toThrow(/is not the address of a container/);
  });
});
