/**
 * Stores a populated database of this tree's version as SQL, for the test that migrates it with later versions:
 * `npx tsx test/long/upgrades/store-release.ts 0.2.0`. To be run once, when a version is released; the file never changes afterwards.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { runProgram } from '../../../src/cli/program.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { startTestServer } from '../../support/test-server.js';
import { objectStatements, ownSchemas } from './object-statements.js';
import { storedAt, storedSandbox, storedStart } from './stored-world.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const rowsPerInsert = 500;
const spoilt = { malformedRecords: 0.04, nulCharacters: 0.04, unknownFields: 0.04, unknownEnums: 0.04 };

/** As Kysely makes them; no migration does. */
const bookkeeping = `create schema extract;
create table extract.schema_migrations (name varchar(255) not null primary key, timestamp varchar(255) not null);
create table extract.schema_migrations_lock (id varchar(255) not null primary key, is_locked integer default 0 not null);`;

const roles = ['genesys_reader', 'genesys_personal']
  .map(
    (role) =>
      `do $$ begin create role ${role} nologin; exception when duplicate_object or unique_violation then null; end $$;`,
  )
  .concat('do $$ begin grant genesys_reader to genesys_personal; exception when unique_violation then null; end $$;')
  .join('\n');

const [version] = process.argv.slice(2);
if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) throw new Error('Name the version, e.g. 0.2.0.');
const server = await startTestServer(process.env);
const sandbox = await startSandbox({ ...storedSandbox, clock: { kind: 'fixed', at: storedAt[0] } });
try {
  for (const at of storedAt) await pullAt(sandbox, at);
  await rejectSome(sandbox);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const text = await dump(client, version).finally(() => client.end());
  writeFileSync(`${root}test/long/upgrades/${version}.sql.gz`, gzipSync(text, { level: 9 }));
} finally {
  await sandbox.close();
  await server.stop();
}

/** Everything there is to pull at one instant, and a day compared with its aggregates. */
async function pullAt(world: Sandbox, at: Date): Promise<void> {
  world.setNow(at);
  // Rejected records and fields without a column are part of a database; later pulls fix them.
  world.setFaults(at === storedAt[0] ? spoilt : {});
  await command(world, ['sync']);
  await command(world, ['sync', '--stream', 'queue_observations']);
  const day = new Date(Math.floor(at.getTime() / 86_400_000) * 86_400_000);
  await command(world, ['reconcile', '--from', storedStart.toISOString(), '--to', day.toISOString()]);
}

/** Pulls the first day again with records that cannot be stored, then without: those without an id stay dead letters. */
async function rejectSome(world: Sandbox): Promise<void> {
  const to = new Date(storedStart.getTime() + 86_400_000);
  const again = ['backfill', '--from', storedStart.toISOString(), '--to', to.toISOString(), '--force'];
  world.setFaults({ malformedRecords: spoilt.malformedRecords });
  await command(world, again);
  world.setFaults({});
  await command(world, again);
}

async function command(world: Sandbox, args: readonly string[]): Promise<void> {
  const status = await runProgram(args, {
    directory: root,
    now: () => world.now(),
    signal: new AbortController().signal,
    print: () => {},
    isTerminal: false,
    environment: {
      GENESYSCLOUD_API_URL: world.url,
      GENESYSCLOUD_OAUTHCLIENT_ID: world.clientId,
      GENESYSCLOUD_OAUTHCLIENT_SECRET: world.clientSecret,
      GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE: '10000',
      GENESYS_WAREHOUSE_START: storedStart.toISOString(),
      DATABASE_URL: server.url,
    },
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
}

async function dump(client: pg.Client, name: string): Promise<string> {
  await client.query("set time zone 'UTC'; set datestyle to 'ISO'");
  const parts = [
    `-- A database of version ${name} as its own program left it: tables, rows, views and grants.`,
    bookkeeping,
  ];
  for (const file of readdirSync(`${root}migrations`).sort())
    parts.push(readFileSync(`${root}migrations/${file}`, 'utf8'));
  parts.push(...(await partitions(client)));
  const filled = await tables(client);
  // Migrations have filled some of them.
  parts.push(`truncate ${filled.join(', ')};`);
  for (const table of filled) parts.push(...(await rowsOf(client, table)));
  parts.push(...(await sequences(client)), roles, ...(await objectStatements(client)), await viewSettings(client));
  return `${parts.join('\n\n')}\n`;
}

async function partitions(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(
    `select format(E'create table %s (like %s including all);\\nalter table %s attach partition %s %s;',
         child.oid::regclass, inhparent::regclass, inhparent::regclass, child.oid::regclass, pg_get_expr(child.relpartbound, child.oid)) as text
     from pg_inherits join pg_class as child on child.oid = inhrelid
     where child.relkind = 'r' and inhparent::regclass::text like 'genesys.%' order by 1`,
  );
  return rows.map((row) => row.text);
}

/** Not partitions, whose rows are their parent's; not what `viewSettings` writes. */
async function tables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class as c join pg_namespace as n on n.oid = relnamespace
     where nspname = any($1) and relkind in ('r', 'p') and not relispartition
         and relname not in ('schema_migrations_lock', 'schema_migrator') and c.oid <> 'extract.settings'::regclass order by 1`,
    [ownSchemas],
  );
  return rows.map((row) => row.name);
}

async function rowsOf(client: pg.Client, table: string): Promise<string[]> {
  const { rows: columns } = await client.query<{ names: string; values: string }>(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as names,
         string_agg('coalesce(quote_literal(' || quote_ident(attname) || '::text), ''null'')', ' || '', '' || ' order by attnum) as values
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  const { names, values } = columns[0] as { names: string; values: string };
  const { rows } = await client.query<{ row: string }>(
    `select '(' || ${values} || ')' as row from ${table} order by 1`,
  );
  const texts = rows.map((row) => row.row);
  return Array.from({ length: Math.ceil(texts.length / rowsPerInsert) }, (_, index) => {
    const some = texts.slice(index * rowsPerInsert, (index + 1) * rowsPerInsert);
    return `insert into ${table} (${names}) overriding system value values\n${some.join(',\n')};`;
  });
}

async function sequences(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(
    `select format('select setval(%L, %s);', schemaname || '.' || sequencename, last_value) as text
     from pg_sequences where schemaname = any($1) and last_value is not null order by 1`,
    [ownSchemas],
  );
  return rows.map((row) => row.text);
}

/** Migrations have made some of the views already. */
async function viewSettings(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ row: string }>(
    `select format('(%L, %L)', name, value) as row from extract.settings order by name`,
  );
  return `delete from extract.settings;\ninsert into extract.settings (name, value) values\n${rows.map((row) => row.row).join(',\n')};`;
}
