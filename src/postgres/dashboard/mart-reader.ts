import type pg from 'pg';
import type { Log } from '../../lib/log.js';
import type { QueryResult, QueryValues, ResultColumn } from '../../model/mart-query.js';
import type { MartReader } from '../../model/mart-reader.js';
import type { ReportSpec } from '../../model/mart-report.js';
import { type MemberWatch, openMemberWatch } from '../federation/member-watch.js';
import { readAccess, readRecord } from './access.js';
import { cellOf, columnTypeOf } from './cells.js';
import { cursorParts } from './cursor.js';
import { definitionOf, readRelations, reportDefinitions } from './definitions.js';
import { asMartError } from './faults.js';
import { readQueryFiles } from './query-files.js';
import { numberedStatement, type QueryText } from './query-text.js';
import { openReaderPool } from './reader-pool.js';
import { reportStatement } from './report-statement.js';

export interface MartReaderOptions {
  readonly connectionString: string;
  /** The role to read as; `openReaderPool` explains the default. */
  readonly role?: string;
  readonly log?: Log;
}

/** Limit of the rows of one result on the page; a file may have more. */
const rowsMax = 5_000;

type Definition = Pick<ResultColumn, 'definition' | 'source'>;

/** A statement with its values, and the definitions of its result's columns. */
interface Asked {
  readonly text: string;
  readonly values: unknown[];
  readonly define: (column: string) => Definition;
}

/** Opens schema mart for the page. Throws a UsageError where it cannot be read. */
export async function openMartReader(options: MartReaderOptions): Promise<MartReader> {
  const queries = await readQueryFiles();
  const { pool, role } = await openReaderPool(options);
  const timeZone = await readTimeZone(pool).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const watch = await openMemberWatch(pool, role);
  const guarded = <T>(work: () => Promise<T>) => translated(() => watch.during(work()));
  const relations = remembered(() => readRelations(pool));
  const named = async (name: string, values: QueryValues): Promise<Asked> => {
    const query = queries.get(name);
    if (query === undefined) throw new Error(`There is no query ${name}.`);
    const known = await relations();
    return {
      ...bind(query, { ...values, zone: timeZone }),
      define: (column) => definitionOf(column, query, known),
    };
  };
  const composed = async (spec: ReportSpec): Promise<Asked> => {
    const relation = (await relations()).get(spec.relation);
    if (relation === undefined) throw new Error(`There is no relation ${spec.relation}.`);
    const definitions = reportDefinitions(spec, relation);
    const define = (column: string) => definitions.get(column) ?? {};
    return { ...reportStatement(spec, relation, timeZone), define };
  };
  return {
    queries,
    timeZone,
    access: () => guarded(() => readAccess(pool, role)),
    relations: () => guarded(relations),
    run: (name, values) => guarded(async () => readOnce(pool, await named(name, values))),
    stream: (name, values) => readInParts(pool, watch, () => named(name, values)),
    record: (conversationId) => guarded(() => readRecord(pool, conversationId)),
    report: (spec) => guarded(async () => readOnce(pool, await composed(spec))),
    streamReport: (spec) => readInParts(pool, watch, () => composed(spec)),
    close: async () => void (await Promise.all([pool.end(), watch.close()])),
  };
}

/** Caches the dictionary, which only `migrate` changes, followed by a restart; failures are not cached. */
function remembered<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => {
    known ??= read().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

function bind(query: QueryText, values: QueryValues): { text: string; values: unknown[] } {
  return { text: numberedStatement(query), values: query.parameters.map(({ name }) => values[name] ?? null) };
}

async function readOnce(pool: pg.Pool, asked: Asked): Promise<QueryResult> {
  const text = `select * from (${asked.text}) as answer limit ${rowsMax + 1}`;
  return resultOf(await pool.query({ text, values: asked.values, rowMode: 'array' }), asked);
}

async function* readInParts(pool: pg.Pool, watch: MemberWatch, ask: () => Promise<Asked>): AsyncIterable<QueryResult> {
  const asked = await translated(ask);
  const parts = cursorParts(pool, asked)[Symbol.asyncIterator]();
  const next = () => translated(() => watch.during(parts.next()));
  let isLeft = false;
  try {
    for (let part = await next(); !part.done; part = await next()) yield resultOf(part.value, asked);
  } catch (error) {
    isLeft = true;
    throw error;
  } finally {
    // A part that a member is still computing ends by its own time-out; then the connection is
    // closed.
    const ended = parts.return?.();
    if (isLeft) ended?.catch(() => {});
    else await ended;
  }
}

function resultOf({ fields, rows }: pg.QueryArrayResult, { define }: Asked): QueryResult {
  const types = fields.map(columnTypeOf);
  return {
    columns: fields.map(({ name }, index) => ({ name, type: types[index] ?? 'text', ...define(name) })),
    rows: rows.slice(0, rowsMax).map((row) => row.map((value, index) => cellOf(value, types[index] ?? 'text'))),
    isCut: rows.length > rowsMax,
  };
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asMartError(error);
  }
}

/** Reads the time zone that `migrate` built the marts with, which may differ from this process's configuration; UTC where warehouses differ. */
async function readTimeZone(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ time_zone: string | null }>(
    `select case when min(time_zone) = max(time_zone) then min(time_zone) end as time_zone from mart.ops_settings`,
  );
  return rows[0]?.time_zone ?? 'UTC';
}
