import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../../src/lake/delta/actions.js';
import { commit } from '../../../src/lake/delta/commit.js';
import { readSnapshot } from '../../../src/lake/delta/snapshot.js';
import type { Store } from '../../../src/lake/stores/store.js';
import { at, namesIn, type Thing, table, temporaryStore, write } from './support.js';

const things: readonly Thing[] = [
  ['a', 1, '2026-03-01T10:00:00.000Z'],
  ['b', null, '2026-03-02T10:00:00.000Z'],
  ['c', 3, '2026-03-02T11:00:00.000Z'],
];
const days = ['2026-03-01', '2026-03-02'];

let store: Store;
let root: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ store, root, remove } = await temporaryStore());
});
afterEach(() => remove());

/** A commit by another program. */
async function commitAs(actions: readonly Action[]): Promise<void> {
  const snapshot = await readSnapshot(store, table.path);
  const name = `${table.path}/_delta_log/${String(snapshot.version + 1).padStart(20, '0')}.json`;
  const text = actions.map((action) => JSON.stringify(action)).join('\n');
  expect(await store.putIfAbsent(name, Buffer.from(text))).toBe('created');
}

describe('a day', () => {
  test('is replaced in one commit that removes its file and adds the new one', async () => {
    await write(store, things, days);
    const before = await readSnapshot(store, table.path);
    await write(store, [...things, ['d', 4, '2026-03-02T12:00:00.000Z']], ['2026-03-02'], { exportNumber: 2 });
    const after = await readSnapshot(store, table.path);
    expect(after.version).toBe(before.version + 1);
    expect(await namesIn(store)).toEqual(['a', 'b', 'c', 'd']);
    expect(after.files.size).toBe(2);
  });

  test('without rows any more leaves the table', async () => {
    await write(store, things, days);
    await write(store, things.slice(1), ['2026-03-01'], { exportNumber: 2 });
    expect(await namesIn(store)).toEqual(['b', 'c']);
  });

  test('whose rows are the same is not written again', async () => {
    await write(store, things, days);
    const figures = await write(store, things, days, { exportNumber: 2 });
    expect(figures).toMatchObject({ rows: 0, files: 0 });
    expect((await readSnapshot(store, table.path)).version).toBe(0);
  });

  test('that a later export has written is left alone by an earlier one that ends after it', async () => {
    await write(store, things, days, { exportNumber: 5 });
    const old: Thing[] = [['old', 9, '2026-03-01T10:00:00.000Z']];
    await write(store, old, ['2026-03-01'], { exportNumber: 4 });
    expect(await namesIn(store)).toEqual(['a', 'b', 'c']);
  });

  test('is written by a database that was restored from a backup, whose numbers are behind those of the lake', async () => {
    await write(store, things, days, { exportNumber: 5 });
    const changed: Thing[] = [['new', 9, '2026-03-01T10:00:00.000Z'], ...things.slice(1)];
    await write(store, changed, ['2026-03-01'], { exportNumber: 2, renumber: async (newest) => newest + 1 });
    expect(await namesIn(store)).toEqual(['b', 'c', 'new']);
  });

  test('of a month that Postgres no longer holds stays as it was exported', async () => {
    await write(store, things, days);
    const kept = await write(store, [], days, { exportNumber: 2, keptBefore: '2026-04-01' });
    expect(kept.keptDays).toBe(2);
    expect(await namesIn(store)).toEqual(['a', 'b', 'c']);
  });

  test('of another organization in the same table is never touched', async () => {
    await write(store, things, days, { organizationId: 'aaaaaaaa-0000-0000-0000-000000000000' });
    await write(store, [['own', 1, '2026-03-01T10:00:00.000Z']], days, { exportNumber: 9 });
    expect(await namesIn(store)).toEqual(['a', 'b', 'c', 'own']);
  });
});

describe('commits', () => {
  test('of many writers at once are all there, one version each, none overwritten', async () => {
    await write(store, things, days);
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      let snapshot = await readSnapshot(store, table.path);
      for (let count = 0; count < 8; count += 1) {
        const txn = { appId: `writer ${writer}`, version: count };
        snapshot = await commit(store, table.path, snapshot, {
          operation: 'TEST',
          nowMs: at.getTime(),
          decide: () => [{ txn }],
        });
      }
    });
    await Promise.all(writers);
    const snapshot = await readSnapshot(store, table.path);
    expect(snapshot.version).toBe(48);
    const versions = [...snapshot.transactions.values()].filter(({ appId }) => appId.startsWith('writer'));
    expect(versions.map(({ version }) => version)).toEqual([7, 7, 7, 7, 7, 7]);
  });

  test('whose answer was lost are recognised as made', async () => {
    const losing: Store = {
      ...store,
      putIfAbsent: async (path, bytes) => {
        await store.putIfAbsent(path, bytes);
        return 'exists';
      },
    };
    await write(losing, things, days);
    expect((await readSnapshot(store, table.path)).version).toBe(0);
    expect(await namesIn(store)).toEqual(['a', 'b', 'c']);
  });

  test('that a store takes and does not hold are an error that names the store', async () => {
    const lying: Store = { ...store, putIfAbsent: async () => 'created' };
    await expect(write(lying, things, days)).rejects.toThrow(
      /accepted mart\/fct_things\/_delta_log.* and then returned other content/,
    );
  });

  test('do not name files that a store takes and does not hold whole', async () => {
    const cutting: Store = {
      ...store,
      put: async (path, bytes) => {
        for await (const chunk of bytes) void chunk;
        await store.put(path, [Buffer.from('short')] as never);
      },
    };
    await expect(write(cutting, things, days)).rejects.toThrow(/has 5 of its \d+ bytes/);
    expect((await readSnapshot(store, table.path)).version).toBe(-1);
  });

  test('that are not made leave no file behind', async () => {
    const failing: Store = { ...store, putIfAbsent: async () => Promise.reject(new Error('no')) };
    await expect(write(failing, things, days)).rejects.toThrow('no');
    expect((await store.list(`${table.path}/`)).map(({ path }) => path)).toEqual([]);
  });
});

describe('the log', () => {
  test('adds up to the same from a checkpoint as from every commit', async () => {
    for (let count = 1; count <= 12; count += 1)
      await write(store, [[`v${count}`, count, '2026-03-01T10:00:00.000Z'], ...things.slice(1)], days, {
        exportNumber: count,
      });
    const log = join(root, table.path, '_delta_log');
    const names = await readdir(log);
    expect(names).toContain('00000000000000000010.checkpoint.parquet');
    expect(names).toContain('_last_checkpoint');
    const withCheckpoint = await readSnapshot(store, table.path);
    expect(withCheckpoint.checkpointVersion).toBe(10);
    for (const name of names.filter((each) => each.includes('checkpoint'))) await rm(join(log, name));
    const plain = await readSnapshot(store, table.path);
    expect(plain.checkpointVersion).toBe(-1);
    const facts = ({ files, tombstones, transactions, protocol, metadata }: typeof plain) =>
      JSON.parse(
        JSON.stringify([
          [...files.values()]
            .map(({ path, size, partitionValues, stats, tags }) => [path, size, partitionValues, stats, tags])
            .sort(),
          [...tombstones.keys()].sort(),
          [...transactions.values()],
          protocol?.minWriterVersion,
          metadata?.schemaString,
          metadata?.partitionColumns,
        ]),
      );
    expect(facts(withCheckpoint)).toEqual(facts(plain));
  });

  test('that lacks a version is an error that names it', async () => {
    for (let count = 1; count <= 3; count += 1)
      await write(store, [[`v${count}`, 1, '2026-03-01T10:00:00.000Z']], ['2026-03-01'], { exportNumber: count });
    await rm(join(root, table.path, '_delta_log', '00000000000000000001.json'));
    await expect(write(store, things, days, { exportNumber: 9 })).rejects.toThrow(/lacks version 1/);
  });
});

describe('a table that another program changed', () => {
  beforeEach(() => write(store, things, days).then(() => {}));

  test('to a newer protocol is refused with its features', async () => {
    await commitAs([
      {
        protocol: {
          minReaderVersion: 3,
          minWriterVersion: 7,
          readerFeatures: ['deletionVectors'],
          writerFeatures: ['deletionVectors'],
        },
      },
    ]);
    await expect(write(store, [], days, { exportNumber: 2 })).rejects.toThrow(
      /raised its Delta protocol to reader 3, writer 7, features deletionVectors/,
    );
    expect(await namesIn(store)).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['delta.appendOnly', 'true', /delta.appendOnly is set/],
    ['delta.enableChangeDataFeed', 'true', /delta.enableChangeDataFeed is set to true/],
    ['delta.columnMapping.mode', 'name', /delta.columnMapping.mode is set to name/],
  ])('by the setting %s is refused', async (name, value, message) => {
    const { metadata } = await readSnapshot(store, table.path);
    await commitAs([{ metaData: { ...metadata, configuration: { [name]: value } } as never }]);
    await expect(write(store, [], days, { exportNumber: 2 })).rejects.toThrow(message);
  });

  test('by settings that concern its own upkeep is followed', async () => {
    const { metadata } = await readSnapshot(store, table.path);
    const configuration = { 'delta.logRetentionDuration': 'interval 60 days', 'team.owner': 'x' };
    await commitAs([{ metaData: { ...metadata, configuration } as never }]);
    await write(store, things.slice(1), ['2026-03-01'], { exportNumber: 2 });
    expect(await namesIn(store)).toEqual(['b', 'c']);
  });

  test('by putting its files together is followed: the month is written again as one file', async () => {
    const { files } = await readSnapshot(store, table.path);
    const [first] = [...files.values()];
    const { tags: _, ...merged } = {
      ...first,
      path: `${first?.path.slice(0, first.path.lastIndexOf('/'))}/merged.parquet`,
    };
    const bytes = (await store.read(`${table.path}/${first?.path}`)) as Buffer;
    await store.putIfAbsent(`${table.path}/${merged.path}`, bytes);
    await commitAs([
      ...[...files.values()].map(({ path }) => ({ remove: { path, dataChange: false } })),
      { add: merged as never },
    ]);
    await write(store, things, ['2026-03-02'], { exportNumber: 2 });
    expect(await namesIn(store)).toEqual(['a', 'b', 'c']);
    expect((await readSnapshot(store, table.path)).files.size).toBe(1);
  });
});
