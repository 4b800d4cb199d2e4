import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, type LakeSource, lakeSource } from '../../lake/source.js';
import { canonical, differingTables, postgresRows, readTable, tablesIn } from '../../lake/support.js';
import { pythonWith, readers } from './tools.js';

const python = pythonWith('deltalake', 'duckdb', 'duckdb_extension_delta', 'pyarrow') ?? '';

interface Seen {
  readonly count: number;
  readonly digest: string;
}

describe.skipIf(python === '')('a lake, read by delta-rs and by DuckDB', () => {
  let source: LakeSource;
  let pool: pg.Pool;
  let root: string;

  beforeAll(async () => {
    source = await lakeSource('4d', { conversationsPerDay: 150, agents: 12 });
    ({ pool, root } = source);
    expect(await source.run('lake', 'export', root, '--raw', '--personal')).toMatchObject({ status: 0 });
  }, 300_000);
  afterAll(() => source?.close());

  /** Finds values that either reader sees differently from Postgres. */
  async function differences(): Promise<string[]> {
    const seen = readers(python, 'read', root) as Record<string, Record<string, Seen>>;
    const different: string[] = [];
    for (const path of await tablesIn(root)) {
      const rows = canonical(await postgresRows(pool, path.replace('/', '.'), await readTable(root, path)));
      const digest = createHash('md5').update(rows.join('\n')).digest('hex');
      for (const reader of ['delta-rs', 'duckdb']) {
        const found = seen[path]?.[reader];
        if (found?.count !== rows.length || found.digest !== digest)
          different.push(`${path} by ${reader}: ${JSON.stringify(found)} for ${rows.length} rows, ${rows[0]}`);
      }
    }
    return different;
  }

  test('holds exactly the rows of Postgres in every table', { timeout: 300_000 }, async () => {
    expect(await tablesIn(root)).toEqual(expect.arrayContaining(['mart/fct_agent_sessions', 'genesys/segments']));
    expect(await differences()).toEqual([]);
  });

  test('does so after days were replaced, with checkpoints', { timeout: 300_000 }, async () => {
    for (let count = 0; count < 11; count += 1) {
      await pool.query(`update genesys.queues set name = name || '.', acw_wrapup_prompt = $1 where valid_to is null`, [
        count % 2 === 0 ? 'OPTIONAL' : 'MANDATORY',
      ]);
      expect(await source.run('lake', 'export', root, '--relation', 'dim_queues')).toMatchObject({ status: 0 });
    }
    source.sandbox.setNow(new Date(at.getTime() + 86_400_000));
    expect(await source.run('sync')).toMatchObject({ status: 0 });
    expect(await source.run('lake', 'export', root)).toMatchObject({ status: 0 });
    expect(await differences()).toEqual([]);
  });

  test('has an erased person in no row that a reader sees, and in no file that is left', {
    timeout: 300_000,
  }, async () => {
    const addresses = async () => (await readTable(root, 'mart/fct_addresses')).rows.map(({ ani }) => String(ani));
    const address = (await addresses()).find((ani) => ani.startsWith('tel:+')) ?? '';
    expect(address).not.toBe('');
    expect(await source.run('erase', '--address', address)).toMatchObject({ status: 0 });
    expect(await source.run('lake', 'export', root)).toMatchObject({ status: 0 });
    source.sandbox.setNow(new Date(at.getTime() + 94_000_000));
    expect(await source.run('lake', 'vacuum', root, '--keep', '1h')).toMatchObject({ status: 0 });
    expect(await addresses()).not.toContain(address);
    expect(await differences()).toEqual([]);
    const seen = readers(python, 'files', root) as Record<string, { files: string[] }>;
    for (const path of await tablesIn(root)) {
      const entries = await readdir(join(root, path), { recursive: true });
      const left = entries.filter((name) => name.endsWith('.parquet') && !name.startsWith('_delta_log')).sort();
      expect([path, left]).toEqual([path, seen[path]?.files]);
    }
  });

  test('is followed after delta-rs has put its files together or appended to it', { timeout: 300_000 }, async () => {
    readers(python, 'optimize', root, 'mart/fct_agent_sessions');
    readers(python, 'optimize', root, 'genesys/sessions');
    expect(await differences()).toEqual([]);
    await pool.query(`update genesys.queues set acw_wrapup_prompt = 'AGENT_REQUESTED' where valid_to is null`);
    expect(await source.run('lake', 'export', root)).toMatchObject({ status: 0 });
    expect(await differences()).toEqual([]);
    const before = await readTable(root, 'mart/fct_queue_legs');
    readers(python, 'append', root, 'mart/fct_queue_legs');
    expect(await source.run('lake', 'export', root, '--relation', 'fct_queue_legs')).toMatchObject({ status: 0 });
    const after = await readTable(root, 'mart/fct_queue_legs');
    expect(after.rows).toHaveLength(before.rows.length + 3);
  });

  test('is refused, table by table, once delta-rs has raised the protocol', { timeout: 300_000 }, async () => {
    readers(python, 'upgrade', root, 'mart/dim_users');
    await pool.query(`update genesys.users set name = 'Somebody' where valid_to is null`);
    await pool.query(`update genesys.queues set name = 'Some queue' where valid_to is null`);
    const result = await source.run('lake', 'export', root);
    expect(result.status).toBe(1);
    expect(result.output).toMatch(/Table mart\/dim_users cannot be written .*deletionVectors/);
    const different = await differingTables(pool, root);
    expect(different.map((text) => text.split(':')[0])).toEqual(['mart/dim_users', 'mart/fct_queue_legs']);
  });
});
