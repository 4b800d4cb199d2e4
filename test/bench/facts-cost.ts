/** Measures what the stored facts of conversations cost: processor time of the server, and bytes. Decision 143 has the figures. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { spanOf } from '../../src/conversation/encode.js';
import type { FlatConversation } from '../../src/conversation/flatten.js';
import {
  type ConversationTable,
  contentTables,
  conversationTables,
  derivedTables,
} from '../../src/conversation/tables.js';
import { createPool } from '../../src/postgres/connection/pool.js';
import { conversationRuns, copyRuns } from '../../src/postgres/load/conversations-copy.js';
import { incomingConversation } from '../../src/postgres/load/conversations-merge.js';
import { migrate } from '../../src/postgres/migrate.js';
import { ensurePartitions } from '../../src/postgres/schema/partitions.js';
import { startBenchDatabase } from './bench-server.js';
import { loader, type Method } from './load-methods.js';
import { batchesOf, type PageFile, writePages } from './load-pages.js';

const conversationCount = 50_000;
const batchSize = 3_000;
const rounds = 3;
const ticksPerSecond = 100;
const asOf = new Date('2026-06-01T00:00:00Z');

const methods: Readonly<Record<string, Method>> = {
  'COPY of the record': copyInto(contentTables),
  'COPY of record and facts': copyInto([...contentTables, ...derivedTables]),
  'this loader': loader,
};

/**
 * Stores the same conversations three ways, in turns. The server's processor time is that of all its processes until after a checkpoint;
 * the lowest of the rounds counts. Linux only.
 */
export async function benchFactsCost(): Promise<void> {
  const database = await startBenchDatabase();
  const pool = createPool({
    connectionString: await database.create(),
    applicationName: 'bench',
    max: 2,
    statementTimeoutMs: 0,
  });
  try {
    await migrate(pool, { timeZone: 'UTC' });
    const pages = await writePages(join(database.folder, 'pages.json'), conversationCount);
    const best = new Map<string, number>();
    // The first round creates partitions and fills caches.
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, method] of Object.entries(methods)) {
        const seconds = await serverSecondsOf(pool, pages, method);
        if (round > 0) best.set(name, Math.min(seconds, best.get(name) ?? Number.POSITIVE_INFINITY));
      }
    }
    for (const [name, seconds] of best) {
      const each = (1e6 * seconds) / conversationCount;
      process.stdout.write(
        `${name.padEnd(26)}${seconds.toFixed(2).padStart(7)} s of server CPU, ${each.toFixed(0).padStart(5)} µs a conversation\n`,
      );
    }
    await reportBytes(pool);
  } finally {
    await pool.end();
    await database.stop();
  }
}

async function serverSecondsOf(pool: pg.Pool, pages: PageFile, method: Method): Promise<number> {
  const tables = conversationTables.map((table) => `genesys.${table.name}`);
  await pool.query(`truncate extract.stored_conversations, extract.restatements, ${tables.join(', ')}`);
  const cache = new Set<string>();
  const client = await pool.connect();
  try {
    await client.query('checkpoint');
    const before = await serverSeconds(client);
    for await (const batch of batchesOf(pages, batchSize, conversationCount)) {
      const starts = batch.map((flat) => flat.conversationStart);
      await ensurePartitions(pool, starts, cache, asOf);
      await client.query('begin');
      await method(client, batch, asOf);
      await client.query('commit');
    }
    await client.query('checkpoint');
    return (await serverSeconds(client)) - before;
  } finally {
    client.release();
  }
}

function copyInto(tables: readonly ConversationTable[]): Method {
  return async (client, batch, loadedAsOf) => {
    for (const table of tables) await copyRuns(client, table, runsOf(batch, table, loadedAsOf));
  };
}

function runsOf(batch: readonly FlatConversation[], table: ConversationTable, loadedAsOf: Date) {
  if (table.name === 'conversations')
    return conversationRuns(batch.map((flat) => incomingConversation(flat, loadedAsOf)));
  return batch.map((flat) => ({ bytes: flat.bytes, ...spanOf(flat, table) })).filter(({ start, end }) => end > start);
}

/** Processor time of the server's processes; those that ended are counted by the postmaster, which waited for them. */
async function serverSeconds(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const postmaster = Number((await statOf(rows[0]?.pid ?? 0))[1]);
  let ticks = 0;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = await statOf(Number(name));
    if (Number(name) === postmaster) ticks += sumOf(fields.slice(11, 15));
    else if (Number(fields[1]) === postmaster) ticks += sumOf(fields.slice(11, 13));
  }
  return ticks / ticksPerSecond;
}

/** Fields of `/proc/PID/stat` from the state on; none where the process has ended. */
async function statOf(pid: number): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

const sumOf = (fields: readonly string[]): number => fields.reduce((sum, field) => sum + Number(field), 0);

async function reportBytes(pool: pg.Pool): Promise<void> {
  let total = 0;
  for (const { name } of conversationTables) {
    const { rows } = await pool.query<{ rows: number; heap: number; indexes: number }>(
      `select
         (select count(*) from genesys.${name})::float8 as rows,
         sum(pg_table_size(tree.relid))::float8 as heap,
         sum(pg_indexes_size(tree.relid))::float8 as indexes
       from pg_partition_tree('genesys.${name}') as tree`,
    );
    const row = rows[0];
    if (row === undefined || row.rows === 0) continue;
    total += row.heap + row.indexes;
    const [heap, indexes] = [row.heap, row.indexes].map((bytes) => (bytes / conversationCount).toFixed(0).padStart(6));
    const isFact = derivedTables.some((table) => table.name === name);
    process.stdout.write(
      `${(isFact ? `${name} (facts)` : name).padEnd(36)}${(row.rows / conversationCount).toFixed(1).padStart(6)} rows,${heap} bytes,${indexes} of indexes a conversation\n`,
    );
  }
  process.stdout.write(`together ${(total / conversationCount).toFixed(0)} bytes a conversation\n`);
}
