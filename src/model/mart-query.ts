import type { ColumnType } from './mart-relation.js';

export type { ColumnType, Relation, RelationColumn } from './mart-relation.js';

/**
 * Defines the queries on schema mart that the page, its CSV files and Grafana may run: fixed and
 * named, each with typed parameters. No input ever becomes part of a statement.
 */
export const parameterTypes = ['day', 'instant', 'text', 'uuid', 'integer', 'texts', 'uuids', 'zone'] as const;

/** `zone` is the reporting time zone, which the reader itself supplies. */
export type ParameterType = (typeof parameterTypes)[number];

export interface QueryParameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly isOptional: boolean;
}

export interface NamedQuery {
  /** File name without its ending, such as `today-figures`. */
  readonly name: string;
  /** One sentence that states the grain. */
  readonly title: string;
  readonly parameters: readonly QueryParameter[];
  /** Answers hold personal data: only for a role that may see it. */
  readonly isPersonal: boolean;
}

export interface ResultColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** The comment of the column in schema mart, or the query's own words. */
  readonly definition?: string;
  /** `relation.column` that the definition comes from; absent where it is the query's own. */
  readonly source?: string;
}

/** Days, timestamps and instants are ISO text, numbers are numbers. */
export type Cell = string | number | boolean | null;

export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** True if there were more rows than one result may have. */
  readonly isCut: boolean;
}

/**
 * Validated values by parameter name; an absent one is null in the statement. Local times of
 * `instant` include their zone.
 */
export type QueryValues = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The database is unreachable or refuses. `message` can be shown on the page: it has no address and no statement. */
export class MartUnavailableError extends Error {
  override readonly name = 'MartUnavailableError';
}

/** A statement exceeded its time limit. */
export class MartTimeoutError extends Error {
  override readonly name = 'MartTimeoutError';
}
