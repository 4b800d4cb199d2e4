import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ratiosOf, writeSum } from '../../src/catalog/ratios.js';
import { modelTables } from '../../src/catalog/tables.js';
import { runProgram } from '../../src/cli/program.js';
import type { Catalog } from '../../src/model/catalog.js';
import { readCatalog } from '../../src/postgres/catalog.js';
import { filledDatabase, filledTimeZone } from '../support/filled.js';
import { type TestDatabase, testPool } from '../support/postgres.js';

const run = promisify(execFile);
let database: TestDatabase;
let pool: pg.Pool;
let catalog: Catalog;
let directory: string;

beforeAll(async () => {
  database = await filledDatabase();
  pool = testPool(database.url);
  catalog = await readCatalog(pool);
  directory = await mkdtemp(join(tmpdir(), 'catalog-'));
}, 240_000);

afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await rm(directory, { recursive: true, force: true });
});

async function catalogOutput(...args: string[]): Promise<{ status: number; printed: string; logged: string }> {
  const printed: string[] = [];
  const logged: string[] = [];
  const status = await runProgram(['catalog', ...args], {
    directory,
    now: () => new Date(),
    signal: new AbortController().signal,
    print: (text) => printed.push(text),
    isTerminal: false,
    environment: { DATABASE_URL: database.url, GENESYS_WAREHOUSE_TIME_ZONE: filledTimeZone },
    writeLog: (line) => logged.push(line),
  });
  return { status, printed: printed.join('\n'), logged: logged.join('\n') };
}

/** The text of a printed file by its path. */
function printedFiles(printed: string): Map<string, string> {
  const parts = printed.split(/^=== (.+) ===\n/m).slice(1);
  return new Map(parts.flatMap((path, no) => (no % 2 === 0 ? [[path, parts[no + 1] ?? ''] as const] : [])));
}

test('JSON has every column of the dictionary and every relationship', async () => {
  const schema = z.strictObject({
    columns: z.array(
      z.strictObject({
        relation: z.string(),
        relationKind: z.enum(['dimension', 'fact', 'report', 'bridge', 'operations', 'other']),
        relationDescription: z.string().min(1),
        column: z.string(),
        dataType: z.string(),
        unit: z.string().nullable(),
        description: z.string().min(1),
        sourceField: z.string().nullable(),
        isAdditive: z.boolean(),
        isPersonal: z.boolean(),
        isForReaders: z.boolean(),
      }),
    ),
    relationships: z.array(
      z.strictObject({
        fromRelation: z.string(),
        fromColumn: z.string(),
        toRelation: z.string(),
        toColumn: z.string(),
        cardinality: z.enum(['many_to_one', 'one_to_one']),
        isActive: z.boolean(),
      }),
    ),
  });
  const { status, printed } = await catalogOutput();
  expect(status).toBe(0);
  const read = schema.parse(JSON.parse(printed));
  const { rows } = await pool.query(
    'select (select count(*)::int from mart.ops_dictionary) as columns, (select count(*)::int from mart.ops_relationships) as relationships',
  );
  expect({ columns: read.columns.length, relationships: read.relationships.length }).toEqual(rows[0]);
});

describe('ratios', () => {
  test('give exactly the figure of the column when computed from one row', { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    for (const table of modelTables(catalog)) {
      for (const { column, numerator, denominator } of ratiosOf(table)) {
        const sum = (terms: typeof numerator) => writeSum(terms, (name) => name);
        const { rows } = await pool.query(
          `select count(*)::int as count from mart.${table.name}
           where ${column.column} is not null
             and abs(${column.column} - (${sum(numerator)})::numeric / nullif(${sum(denominator)}, 0)) > 0.0011`,
        );
        if (rows[0].count > 0) wrong.push(`${table.name}.${column.column} differs in ${rows[0].count} rows`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('exist for every rate and average but targets and shares of sums that repeat', () => {
    const without = modelTables(catalog).flatMap((table) => {
      const found = new Set(ratiosOf(table).map(({ column }) => column.column));
      return table.columns
        .filter(({ column }) => /^average_|_rate$/.test(column) && !found.has(column))
        .map(({ relation, column }) => `${relation}.${column}`);
    });
    expect(without.sort()).toEqual([
      'dim_queues.callback_target_rate',
      'dim_queues.chat_target_rate',
      'dim_queues.email_target_rate',
      'dim_queues.message_target_rate',
      'dim_queues.voice_target_rate',
      'dim_queues_history.callback_target_rate',
      'dim_queues_history.chat_target_rate',
      'dim_queues_history.email_target_rate',
      'dim_queues_history.message_target_rate',
      'dim_queues_history.voice_target_rate',
      'fct_queue_direction_intervals.average_agent_response_count',
      'fct_queue_direction_intervals.average_agent_response_seconds',
      'fct_queue_direction_intervals.average_customer_response_count',
      'fct_queue_direction_intervals.average_customer_response_seconds',
      'rpt_wrapup_causes.coverage_rate',
      'rpt_wrapup_causes.effective_coverage_rate',
      'rpt_wrapup_causes.missing_rate',
      'rpt_wrapup_causes.share_rate',
    ]);
  });
});

test('dbt sources have each relation for readers, with tests of keys and references', async () => {
  const { printed } = await catalogOutput('--format', 'dbt');
  const [source] = parse(printed).sources;
  const names = source.tables.map(({ name }: { name: string }) => name);
  expect(names).toContain('ops_freshness');
  expect(names).not.toContain('fct_addresses');
  const columnsOf = (relation: string) =>
    source.tables.find(({ name }: { name: string }) => name === relation).columns as {
      name: string;
      description: string;
      data_tests?: unknown[];
    }[];
  expect(columnsOf('dim_queues').find(({ name }) => name === 'queue_id')?.data_tests).toEqual(['unique', 'not_null']);
  expect(columnsOf('rpt_queue_days').find(({ name }) => name === 'queue_id')?.data_tests).toEqual([
    { relationships: { to: "source('genesys_warehouse', 'dim_queues')", field: 'queue_id' } },
  ]);
  expect(columnsOf('rpt_queue_days').every(({ description }) => description !== '')).toBe(true);
});

describe('the Power BI project', () => {
  test('has a table for each relation for readers, whose lines are indented as TMDL wants it', async () => {
    const files = printedFiles((await catalogOutput('--format', 'powerbi')).printed);
    const definition = 'genesys-warehouse.SemanticModel/definition';
    for (const { name, columns } of modelTables(catalog)) {
      const text = files.get(`${definition}/tables/${name}.tmdl`) ?? '';
      expect(text.match(/^\tcolumn \w+$/gm)?.length).toBe(columns.length);
      expect(text.match(/^\t\tsourceColumn: \w+$/gm)?.length).toBe(columns.length);
      expect(text).toContain(`\tpartition ${name} = m\n\t\tmode: import\n`);
      expect(text.split('\n').filter((line) => !tmdlLine.test(line))).toEqual([]);
      expect(files.get(`${definition}/model.tmdl`)).toContain(`\nref table ${name}\n`);
    }
    expect(files.get(`${definition}/expressions.tmdl`)).toMatch(
      /^expression Server = .+ meta \[IsParameterQuery=true/m,
    );
    for (const [path, text] of files) if (/\.(pbip|pbism|pbir|json)$/.test(path)) JSON.parse(text);
  });

  test('computes averages and rates as sum over sum', async () => {
    const files = printedFiles((await catalogOutput('--format', 'powerbi')).printed);
    const table = files.get('genesys-warehouse.SemanticModel/definition/tables/rpt_queue_days.tmdl') ?? '';
    expect(table).toContain(
      "measure 'Average handle seconds (rpt_queue_days)' = DIVIDE(SUM(rpt_queue_days[handle_seconds]), SUM(rpt_queue_days[handled_count]))",
    );
    expect(table).toContain(
      'DIVIDE(SUM(rpt_queue_days[abandoned_count]) - SUM(rpt_queue_days[short_abandoned_count]), SUM(rpt_queue_days[offered_count]) - SUM(rpt_queue_days[short_abandoned_count]))',
    );
  });

  test('has relationships between columns that it has, with one active way between two tables', async () => {
    const files = printedFiles((await catalogOutput('--format', 'powerbi')).printed);
    const text = files.get('genesys-warehouse.SemanticModel/definition/relationships.tmdl') ?? '';
    const known = new Set(modelTables(catalog).flatMap((t) => t.columns.map(({ column }) => `${t.name}.${column}`)));
    const blocks = text.split(/^relationship /m).slice(1);
    const ends = blocks.map((block) => ({
      from: /^\tfromColumn: (\S+)$/m.exec(block)?.[1] ?? '',
      to: /^\ttoColumn: (\S+)$/m.exec(block)?.[1] ?? '',
      isActive: !block.includes('isActive: false'),
    }));
    expect(ends.length).toBeGreaterThan(100);
    expect(ends.filter(({ from, to }) => !known.has(from) || !known.has(to))).toEqual([]);
    const ways = ends
      .filter(({ isActive }) => isActive)
      .map(({ from, to }) => `${from.split('.')[0]} ${to.split('.')[0]}`);
    expect(new Set(ways).size).toBe(ways.length);
  });

  test('is written as files to the directory of --output', async () => {
    const { status, printed } = await catalogOutput('--format', 'powerbi', '--output', 'bi');
    expect([status, printed]).toEqual([0, '']);
    expect(await readdir(join(directory, 'bi'))).toEqual([
      'genesys-warehouse.Report',
      'genesys-warehouse.SemanticModel',
      'genesys-warehouse.pbip',
    ]);
    expect(
      await readFile(join(directory, 'bi/genesys-warehouse.SemanticModel/definition/tables/dim_dates.tmdl'), 'utf8'),
    ).toContain('\ttable dim_dates\n'.trimStart());
  });
});

/** Description, declaration, property or the text of a partition; each at its own depth. */
const tmdlLine = new RegExp(
  [
    '^$',
    '^table \\w+$',
    '^\\t?/// .+$',
    "^\\t(dataCategory: Time|column \\w+|measure '[^']+' = DIVIDE\\(.+\\)|partition \\w+ = m)$",
    '^\\t\\t(dataType: (int64|double|boolean|dateTime|string)|isKey|formatString: .+|summarizeBy: (sum|none)|sourceColumn: \\w+|mode: import|source =)$',
    '^\\t{4,5}\\S.*$',
  ].join('|'),
);

describe('Tableau data sources', () => {
  test('are well-formed, join dimensions to each fact, and name only columns that they map', async () => {
    const files = printedFiles((await catalogOutput('--format', 'tableau')).printed);
    expect(files.size).toBeGreaterThan(25);
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      isArray: (name) => name === 'relationship',
    });
    for (const [path, text] of files) {
      expect([path, XMLValidator.validate(text)]).toEqual([path, true]);
      const { datasource } = parser.parse(text);
      const mapped = new Set(datasource.connection.cols.map.map(({ key }: { key: string }) => key));
      expect(mapped.size).toBe(datasource.connection.cols.map.length);
      const relationships = datasource['object-graph'].relationships?.relationship ?? [];
      const operands = relationships.flatMap((each: { expression: { expression: { op: string }[] } }) =>
        each.expression.expression.map(({ op }) => op),
      );
      expect(operands.filter((op: string) => !mapped.has(op))).toEqual([]);
    }
  });

  test('hold one relation with --relation, and name those there are for another', async () => {
    const { printed } = await catalogOutput('--format', 'tableau', '--relation', 'rpt_queue_days');
    expect(XMLValidator.validate(printed)).toBe(true);
    expect(printed).toContain("formula='(SUM([handle_seconds])) / (SUM([handled_count]))'");
    const { status, logged } = await catalogOutput('--format', 'tableau', '--relation', 'nothing');
    expect(status).toBe(2);
    expect(logged).toContain('Relation nothing has no Tableau data source. There are fct_agent_intervals');
  });
});

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

describe('the Metabase program', () => {
  let server: Server;
  let requests: Request[] = [];
  let cards: object[] = [];

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const path = (request.url ?? '').replace('/api/', '');
      if (request.method !== 'GET') requests.push({ method: request.method ?? '', path, body: JSON.parse(text) });
      response.end(JSON.stringify(metabaseAnswer(path)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await writeFile(join(directory, 'metabase.mjs'), (await catalogOutput('--format', 'metabase')).printed);
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  function metabaseAnswer(path: string): unknown {
    if (path === 'database') return { data: [{ id: 3, name: 'warehouse' }] };
    if (path.startsWith('card?')) return cards;
    if (!path.startsWith('database/3/metadata')) return {};
    const field = (id: number, name: string) => ({ id, name });
    return {
      tables: [
        { id: 1, schema: 'mart', name: 'rpt_queue_days', fields: [field(11, 'queue_id'), field(12, 'handle_seconds')] },
        { id: 2, schema: 'mart', name: 'dim_queues', fields: [field(21, 'queue_id'), field(22, 'queue_name')] },
      ],
    };
  }

  const runScript = async (environment: Record<string, string>) => {
    requests = [];
    const { port } = server.address() as AddressInfo;
    const env = {
      PATH: process.env.PATH ?? '',
      METABASE_URL: `http://127.0.0.1:${port}`,
      METABASE_API_KEY: 'key',
      ...environment,
    };
    return run(process.execPath, [join(directory, 'metabase.mjs')], { env });
  };

  test('is valid JavaScript', async () => {
    await run(process.execPath, ['--check', join(directory, 'metabase.mjs')]);
  });

  test('sets descriptions, types and foreign keys, and makes a model with the dimension joined', async () => {
    cards = [];
    await runScript({ METABASE_DATABASE: 'warehouse' });
    const sent = (path: string) => requests.find((each) => each.path === path)?.body;
    expect(sent('field/11')).toMatchObject({ semantic_type: 'type/FK', fk_target_field_id: 21 });
    expect(sent('field/21')).toMatchObject({ semantic_type: 'type/PK' });
    expect(sent('table/1')?.description).toMatch(/^One row per local day/);
    expect(sent('card')).toMatchObject({
      name: 'Genesys rpt_queue_days',
      type: 'model',
      dataset_query: { database: 3, query: { 'source-table': 1, joins: [{ alias: 'dim_queues', 'source-table': 2 }] } },
    });
  });

  test('changes the model that it made before', async () => {
    cards = [{ id: 7, name: 'Genesys rpt_queue_days', type: 'model', database_id: 3, archived: false }];
    await runScript({ METABASE_DATABASE: 'warehouse' });
    expect(
      requests.filter(({ path }) => path.startsWith('card')).map(({ method, path }) => `${method} ${path}`),
    ).toEqual(['PUT card/7']);
  });

  test('names what is not set and what Metabase does not have', async () => {
    await expect(runScript({})).rejects.toMatchObject({
      code: 2,
      stderr: 'METABASE_DATABASE not set. Set each in the environment.\n',
    });
    await expect(runScript({ METABASE_DATABASE: 'other' })).rejects.toMatchObject({
      code: 1,
      stderr: 'Database other is not in Metabase. It has warehouse.\n',
    });
  });
});

test('a directory that cannot be written is named', async () => {
  await writeFile(join(directory, 'taken'), '');
  const { status, logged } = await catalogOutput('--format', 'dbt', '--output', 'taken');
  expect(status).toBe(2);
  expect(logged).toContain('Name another with --output');
});
