import type pg from 'pg';
import type { Log } from '../../lib/log.js';
import type { MartReader, QueryResult, QueryValues, Relation } from '../../model/mart-query.js';
import { readAccess } from './access.js';
import { cellOf, columnTypeOf } from './cells.js';
import { cursorParts } from './cursor.js';
import { definitionOf, readRelations } from './definitions.js';
import { asMartError } from './faults.js';
import { readQueryFiles } from './query-files.js';
import { numberedStatement, type QueryText } from './query-text.js';
import { openReaderPool } from './reader-pool.js';

export interface MartReaderOptions {
  readonly connectionString: string;
  /** The role to read as; see `openReaderPool` for the one that is taken otherwise. */
  readonly role?: string;
  readonly timeZone: string;
  readonly log?: Log;
}

/** What one answer of the page may have; more is for a file. */
const rowsMax = 5_000;

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** Opens schema mart for the page. Throws a UsageError where it cannot be read. */
export async function openMartReader(options: MartReaderOptions): Promise<MartReader> {
  const queries = await readQueryFiles();
  const { pool, role } = await openReaderPool(options);
  let relations: Promise<ReadonlyMap<string, Relation>> | undefined;
  const known = () => {
    relations ??= readRelations(pool).catch((error: unknown) => {
      relations = undefined;
      throw error;
    });
    return relations;
  };
  const statementOf = (name: string, values: QueryValues): [QueryText, Statement] => {
    const query = queries.get(name);
    if (query === undefined) throw new Error(`There is no query ${name}.`);
    return [query, bind(query, { ...values, zone: options.timeZone })];
  };
  return {
    queries,
    timeZone: options.timeZone,
    access: () => guarded(() => readAccess(pool, role)),
    run: (name, values) =>
      guarded(async () => {
        const [query, statement] = statementOf(name, values);
        const [answer, dictionary] = await Promise.all([
          pool.query({ ...limited(statement, rowsMax + 1), rowMode: 'array' }),
          known(),
        ]);
        return resultOf(answer, query, dictionary);
      }),
    async *stream(name, values) {
      const [query, statement] = statementOf(name, values);
      const dictionary = await guarded(known);
      for await (const part of cursorParts(pool, statement)) yield resultOf(part, query, dictionary);
    },
    close: () => pool.end(),
  };
}

function bind(query: QueryText, values: QueryValues): Statement {
  return { text: numberedStatement(query), values: query.parameters.map(({ name }) => values[name] ?? null) };
}

function limited({ text, values }: Statement, count: number): Statement {
  return { text: `select * from (${text}) as answer limit ${count}`, values };
}

function resultOf(
  { fields, rows }: pg.QueryArrayResult,
  query: QueryText,
  relations: ReadonlyMap<string, Relation>,
): QueryResult {
  const types = fields.map(columnTypeOf);
  return {
    columns: fields.map(({ name }, index) => ({
      name,
      type: types[index] ?? 'text',
      ...definitionOf(name, query, relations),
    })),
    rows: rows.slice(0, rowsMax).map((row) => row.map((value, index) => cellOf(value, types[index] ?? 'text'))),
    isCut: rows.length > rowsMax,
  };
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asMartError(error);
  }
}
