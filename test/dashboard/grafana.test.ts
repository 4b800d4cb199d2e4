import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grafanaDashboards, variableQueries } from '../../scripts/grafana/dashboards.js';
import { readQueryFiles } from '../../src/postgres/dashboard/query-files.js';
import { filledDatabase } from '../support/filled.js';
import { type TestDatabase, testPool } from '../support/postgres.js';

const directory = fileURLToPath(new URL('../../deploy/grafana/dashboards/', import.meta.url));
const dashboards = grafanaDashboards(await readQueryFiles());

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly rawSql?: string; readonly format?: string; readonly expr?: string }[];
}

const panelsOf = (dashboard: unknown): Panel[] => (dashboard as { panels: Panel[] }).panels;
const written = (dashboard: unknown): unknown => JSON.parse(JSON.stringify(dashboard));

describe('the dashboards for Grafana', () => {
  test('in deploy/grafana are what the generator makes of the named queries: npm run grafana', () => {
    const files = readdirSync(directory).sort();
    expect(files).toEqual(dashboards.map(({ name }) => `${name}.json`).sort());
    for (const { name, dashboard } of dashboards)
      expect(JSON.parse(readFileSync(`${directory}${name}.json`, 'utf8')), name).toEqual(written(dashboard));
  });

  test('have ids of their own and a data source in every panel', () => {
    const ids = dashboards.map(({ dashboard }) => dashboard.uid);
    expect(new Set(ids).size).toBe(3);
    for (const { dashboard } of dashboards) {
      expect(panelsOf(dashboard).length).toBeGreaterThan(4);
      for (const panel of panelsOf(dashboard)) expect(panel, panel.title).toHaveProperty('datasource.uid');
    }
  });

  test('ask for metrics that the program has', () => {
    const catalog = readFileSync(
      fileURLToPath(new URL('../../src/service/metrics-catalog.ts', import.meta.url)),
      'utf8',
    );
    const names = dashboards.flatMap(({ dashboard }) =>
      panelsOf(dashboard).flatMap(({ targets }) =>
        targets.flatMap(({ expr = '' }) => expr.match(/genesys_warehouse_[a-z_]+/g) ?? []),
      ),
    );
    expect(names.length).toBeGreaterThan(8);
    for (const name of new Set(names)) expect(catalog, name).toContain(`'${name.slice('genesys_warehouse_'.length)}'`);
  });
});

describe('every query of the dashboards, with its macros and variables expanded', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let lists: Record<string, string>;

  beforeAll(async () => {
    database = await filledDatabase();
    pool = testPool(database.url);
    lists = {};
    for (const [name, sql] of Object.entries(variableQueries)) {
      const { rows } = await pool.query<{ __value: string }>(sql);
      expect(rows.length, name).toBeGreaterThan(1);
      lists[name] = rows.map((row) => `'${row.__value}'`).join(',');
    }
  });

  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  /** As Grafana's Postgres data source does it, for the days of the filled database. */
  function expanded(sql: string): string {
    return sql
      .replaceAll('$__timeFrom()', "'2026-03-11T23:00:00Z'")
      .replaceAll('$__timeTo()', "'2026-03-15T23:00:00Z'")
      .replaceAll(/\$\{(\w+):sqlstring\}/g, (_, name: string) => lists[name] ?? 'no such variable');
  }

  const panels = dashboards.flatMap(({ dashboard }) => panelsOf(dashboard)).filter(({ targets }) => targets[0]?.rawSql);

  test.each(panels.map((panel) => [panel.title, panel] as const))('%s', async (_, { targets }) => {
    const [{ rawSql = '', format } = {}] = targets;
    const sql = expanded(rawSql);
    expect(sql).not.toMatch(/\$__|\$\{/);
    const client = await pool.connect();
    try {
      await client.query('set role genesys_reader');
      const { rows, fields } = await client.query(sql);
      expect(rows.length).toBeGreaterThan(0);
      if (format === 'time_series') {
        expect(fields[0]?.name).toBe('time');
        expect(rows.every((row) => row.time instanceof Date)).toBe(true);
      }
    } finally {
      await client.query('reset role');
      client.release();
    }
  });

  test('gives the figures of plain SQL', async () => {
    const contacts = panels.find(({ title }) => title === 'Contacts');
    const { rows } = await pool.query(expanded(contacts?.targets[0]?.rawSql ?? ''));
    const plain = await pool.query(
      `select sum(answered_count)::int as answered from mart.rpt_queue_days
       where day between '2026-03-12' and '2026-03-15' and queue_id in (select queue_id from mart.dim_queues where not is_deleted)`,
    );
    const sum = rows.reduce((total, row) => total + Number(row.Answered), 0);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBe(plain.rows[0].answered);
  });
});
