/** Every relation for readers, read by the programs and drivers that BI tools use, where they are installed (`.ci/packages`). */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personalRelations } from '../../../src/postgres/schema/reader-roles.js';
import { filledDatabase } from '../../support/filled.js';
import { type TestDatabase, testPool } from '../../support/postgres.js';
import { clientPython, isInstalled, jdbcJar, odbcDriver } from './tools.js';

const role = `client_${randomBytes(4).toString('hex')}`;
const password = randomBytes(8).toString('hex');
const script = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));
const rowsMax = 100;
const outputBytesMax = 256 * 1024 * 1024;
const timeout = 120_000;

/** Kinds of columns that drivers are known to spell in different ways. */
const kinds: Readonly<Record<string, string>> = {
  uuid: 'uuid',
  boolean: 'boolean',
  date: 'date',
  'timestamp with time zone': 'instant',
  'timestamp without time zone': 'local',
};
/** The spelling that all clients have to agree on, made by the database. */
const spellings: Readonly<Record<string, (column: string) => string>> = {
  uuid: (column) => `${column}::text`,
  boolean: (column) => `${column}::text`,
  date: (column) => `${column}::text`,
  instant: (column) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  local: (column) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS')`,
};

interface Relation {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly kind: string }[];
  readonly statement: string;
}

let database: TestDatabase;
let pool: pg.Pool;
let relations: readonly Relation[];
let expected: ReadonlyMap<string, readonly string[]>;
let server: URL;

beforeAll(async () => {
  database = await filledDatabase();
  pool = testPool(database.url);
  server = new URL(database.url);
  await pool.query(`create role ${role} login password '${password}' in role genesys_reader`);
  await pool.query(`alter role ${role} set timezone = 'UTC'`);
  relations = await relationsForReaders();
  // As the same role: what a relation shows depends on who asks.
  const target = new URL(server);
  Object.assign(target, { username: role, password });
  const reader = testPool(target.href);
  const spelled = new Map<string, readonly string[]>();
  for (const relation of relations) spelled.set(relation.name, await spelledBy(reader, relation));
  await reader.end();
  expected = spelled;
}, 300_000);

afterAll(async () => {
  await pool?.query(`drop owned by ${role}`);
  await pool?.query(`drop role ${role}`);
  await pool?.end();
  await database?.drop();
});

async function relationsForReaders(): Promise<Relation[]> {
  const { rows } = await pool.query<{ name: string; columns: { name: string; type: string }[] }>(
    `select c.relname as name,
            json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null)) order by a.attnum) as columns
     from pg_class as c inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'mart'::regnamespace and c.relkind in ('v', 'r') and c.relname <> all($1)
     group by c.relname order by c.relname`,
    [personalRelations],
  );
  return rows.map(({ name, columns }) => ({
    name,
    columns: columns.flatMap((column) => {
      const kind = kinds[column.type];
      return kind === undefined ? [] : [{ name: column.name, kind }];
    }),
    statement: `select * from mart.${name} order by ${columns.map((_, at) => at + 1).join(', ')} limit ${rowsMax}`,
  }));
}

/** Returns what the database itself says: one text per row. */
async function spelledBy(reader: pg.Pool, { columns, statement }: Relation): Promise<string[]> {
  const texts = columns.map(({ name, kind }) => `coalesce(${spellings[kind]?.(name)}, '') || E'\\t'`);
  const { rows } = await reader.query<{ text: string }>(
    `select ${texts.length === 0 ? "''" : texts.join(' || ')} as text from (${statement}) as read`,
  );
  return rows.map(({ text }) => text);
}

/** Lists what a client is given to read: name, statement and columns of each relation, one a line. */
const asked = () =>
  relations.map(({ name, statement, columns }) => {
    const wanted = columns.map((column) => `${column.name}:${column.kind}`).join(',');
    return `${name}\t${statement}\t${wanted}\n`;
  });

function outputOf({ status, stdout, stderr }: SpawnSyncReturns<string>): string {
  if (status !== 0) throw new Error(stderr.slice(-2_000) || stdout.slice(-2_000));
  return stdout;
}

function run(
  program: string,
  args: readonly string[],
  input: string,
  environment: Record<string, string> = {},
): string {
  const env = { ...process.env, ...environment };
  return outputOf(spawnSync(program, args, { input, env, encoding: 'utf8', maxBuffer: outputBytesMax }));
}

/** Splits `#name` lines and their rows. */
function rowsByRelation(output: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const part of output.split(/^#/m).slice(1)) {
    const [name = '', ...lines] = part.split('\n');
    found.set(name.trim(), lines.slice(0, -1));
  }
  return found;
}

function differences(found: ReadonlyMap<string, readonly string[]>): string[] {
  return [...expected].flatMap(([name, rows]) => {
    const read = found.get(name);
    if (read === undefined) return [`${name} was not read`];
    if (read.length !== rows.length) return [`${name}: ${read.length} rows of ${rows.length}`];
    const at = rows.findIndex((row, index) => row !== read[index]);
    return at < 0 ? [] : [`${name}: ${read[at]} for ${rows[at]}`];
  });
}

test('the relations hold enough to compare', () => {
  const filled = [...expected.values()].filter((rows) => rows.length > 0);
  expect(relations.length).toBeGreaterThan(75);
  expect(filled.length).toBeGreaterThan(relations.length * 0.8);
});

const hasPsql = isInstalled('psql');

test.skipIf(!hasPsql)(
  'psql reads every relation and spells ids, booleans and times as the database',
  { timeout },
  () => {
    const environment = {
      PGHOST: server.hostname,
      PGPORT: server.port,
      PGUSER: role,
      PGPASSWORD: password,
      PGDATABASE: database.name,
    };
    const script = relations.map(({ name, statement, columns }) => {
      const names = columns.length === 0 ? "'-'" : columns.map((column) => column.name).join(', ');
      return `\\echo '#${name}'\nselect ${names} from (${statement}) as read;\n\\o /dev/null\n${statement};\n\\o\n`;
    });
    const output = run(
      'psql',
      ['-X', '-q', '-A', '-t', '-F', '\t', '-v', 'ON_ERROR_STOP=1'],
      script.join(''),
      environment,
    );
    const found = rowsByRelation(output);
    const spelled = relations.map(({ name, columns }) => {
      const rows = (found.get(name) ?? []).map((row) => {
        const values = row.split('\t');
        return columns.map(({ kind }, at) => `${asSpelled(kind, values[at] ?? '')}\t`).join('');
      });
      return [name, rows] as const;
    });
    expect(differences(new Map(spelled))).toEqual([]);
  },
);

/** psql and isql print booleans as `t` or `1`, and times with a space and as many digits as there are. */
function asSpelled(kind: string, value: string): string {
  if (value === '') return '';
  if (kind === 'boolean') return String(value === 't' || value === '1');
  if (kind !== 'instant' && kind !== 'local') return value;
  const [, day, time, digits = ''] = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))?(?:\+00)?$/.exec(value) ?? [];
  return `${day}T${time}.${digits.slice(0, 3).padEnd(3, '0')}${kind === 'instant' ? 'Z' : ''}`;
}

/** psqlODBC writes ids in capitals, all of them: other than that they are what the database has. */
function uncapitalized(kind: string, value: string): string {
  if (kind === 'uuid' && value !== value.toUpperCase()) throw new Error(`${value} is not in capitals`);
  return kind === 'uuid' ? value.trim().toLowerCase() : value.trim();
}

const python = clientPython('pandas', 'sqlalchemy', 'psycopg2');

test.skipIf(python === undefined)(
  'pandas with SQLAlchemy reads every relation: ids as text, booleans as booleans, instants aware of UTC',
  { timeout },
  () => {
    const target = new URL(server);
    Object.assign(target, { username: role, password });
    const address = target.href.replace(/^\w+:/, 'postgresql+psycopg2:');
    expect(
      differences(rowsByRelation(run(python ?? '', [script('read-mart.py'), 'pandas', address], asked().join('')))),
    ).toEqual([]);
  },
);

const jar = jdbcJar();

test.skipIf(jar === undefined)(
  'JDBC reads every relation: ids as UUID, booleans as booleans, instants with their offset',
  { timeout },
  () => {
    const url = `jdbc:postgresql://${server.hostname}:${server.port}/${database.name}`;
    const args = ['-cp', jar ?? '', '-Duser.timezone=America/New_York', script('ReadMart.java'), url, role, password];
    expect(differences(rowsByRelation(run('java', args, asked().join(''))))).toEqual([]);
  },
);

const driver = odbcDriver();
/** The options that docs/connect.md names. */
const odbcOptions = 'BoolsAsChar=0;TextAsLongVarchar=0;MaxVarcharSize=255';
const odbcTarget = () =>
  `Driver=${driver};Server=${server.hostname};Port=${server.port};Database=${database.name};UID=${role};PWD=${password};${odbcOptions}`;

describe.skipIf(driver === undefined)('psqlODBC with the options of docs/connect.md', () => {
  test('reads every relation in isql: ids in capitals, booleans as bits, times without a zone', { timeout }, () => {
    const spelled = relations.map(({ name, columns, statement }) => {
      const names = columns.length === 0 ? "'-'" : columns.map((column) => column.name).join(', ');
      const isql = (text: string) => run('isql', ['-k', odbcTarget(), '-b', '-x0x09'], `${text}\n`);
      isql(statement);
      const lines = isql(`select ${names} from (${statement}) as read`)
        .split('\n')
        .filter((line) => line !== '');
      const rows = lines.map((line) => {
        const values = line.split('\t');
        return columns.map(({ kind }, at) => `${asSpelled(kind, uncapitalized(kind, values[at] ?? ''))}\t`).join('');
      });
      return [name, rows] as const;
    });
    expect(differences(new Map(spelled))).toEqual([]);
  });
});
