import { beforeAll, describe, expect, test } from 'vitest';
import { requireWritable, UnsupportedTableError } from '../../../src/lake/delta/protocol.js';
import { readSnapshot, type Snapshot } from '../../../src/lake/delta/snapshot.js';
import { folderStore } from '../../../src/lake/stores/folder-store.js';
import { deltaTables, pythonWith, readers } from './tools.js';

const python = pythonWith('deltalake', 'duckdb') ?? '';
const root = deltaTables() ?? '';

interface Seen {
  readonly version: number;
  readonly files: readonly string[];
}

/** Tables that must not be written, with what is said of each. */
const refused: Readonly<Record<string, RegExp>> = {
  cdc_ict_table: /writer 7, features inCommitTimestamp, changeDataFeed/,
  'cdf-table': /writer 4/,
  'cdf-table-non-partitioned': /writer 4/,
  'cdf-table-with-cdc-and-dvs': /reader 3, writer 7, features deletionVectors, changeDataFeed/,
  'checkpoint-cdf-table': /writer 4/,
  'checkpoint-v2-table': /a checkpoint of Delta's version 2/,
  'delta-live-table': /reader 2, writer 5/,
  'issue-2152': /writer 6/,
  simple_table_features: /reader 5, writer 7, features columnMapping, blahabl/,
  simple_table_with_cdc: /writer 4/,
  'spark-shredded-variant-preview-delta': /variantShredding-preview/,
  'spark-variant-checkpoint': /variantType-preview/,
  'spark-variant-stable-feature-checkpoint': /variantType/,
  'table-with-domain-metadata': /domainMetadata, rowTracking/,
  'table-with-dv-small': /reader 3, writer 7, features deletionVectors/,
  table_with_column_mapping: /reader 2, writer 5/,
  table_with_deletion_logs: /deletionVectors/,
  table_with_liquid_clustering: /liquid/,
  table_with_partitioning_mapping: /columnMapping, checkConstraints, generatedColumns/,
  'v2-classic-checkpoint-json': /v2Checkpoint/,
};

describe.skipIf(python === '' || root === '')('tables that Spark, Databricks and delta-rs have written', () => {
  let seen: Record<string, Seen>;
  const snapshotOf = async (path: string): Promise<Snapshot> => {
    const snapshot = await readSnapshot(folderStore(root), path);
    if (snapshot.protocol && snapshot.metadata) requireWritable(path, snapshot.protocol, snapshot.metadata);
    return snapshot;
  };

  beforeAll(() => {
    seen = readers(python, 'files', root) as Record<string, Seen>;
  }, 120_000);

  test('are followed to the version and the files that delta-rs sees, from checkpoints and from commits', async () => {
    const names = Object.keys(seen).filter((name) => refused[name] === undefined);
    expect(names.length).toBeGreaterThan(25);
    let fromCheckpoint = 0;
    for (const name of names) {
      const { version, files, checkpointVersion } = await snapshotOf(name);
      if (checkpointVersion >= 0) fromCheckpoint += 1;
      const own = { version, files: [...files.keys()].map(decodeURIComponent).sort() };
      expect([name, own]).toEqual([name, seen[name]]);
    }
    expect(fromCheckpoint).toBeGreaterThan(5);
  });

  test('are refused, with what they need, where this program does not do it', async () => {
    for (const [name, words] of Object.entries(refused)) {
      const error = await snapshotOf(name).catch((thrown: unknown) => thrown);
      expect([name, error]).toEqual([name, expect.any(UnsupportedTableError)]);
      expect(String(error)).toMatch(words);
    }
  });
});
