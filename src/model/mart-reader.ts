import type { NamedQuery, QueryResult, QueryValues } from './mart-query.js';
import type { Relation } from './mart-relation.js';
import type { ReportSpec } from './mart-report.js';

/** Describes what the role that the page reads as may see beyond reports. */
export interface ReaderAccess {
  readonly role: string;
  /** Member of `genesys_personal`: attributes and addresses. */
  readonly isPersonal: boolean;
  /** May rebuild the record from schema genesys. */
  readonly isOwner: boolean;
}

/** Every method reads one snapshot, read-only and within the statement timeout, as the role of `access`. */
export interface MartReader {
  readonly queries: ReadonlyMap<string, NamedQuery>;
  readonly timeZone: string;
  access(): Promise<ReaderAccess>;
  /** Returns the relations that the role may read, by name. */
  relations(): Promise<ReadonlyMap<string, Relation>>;
  run(query: string, values: QueryValues): Promise<QueryResult>;
  /**
   * Yields all rows up to a limit, in parts; the first part is empty if there are none. Ends when
   * the caller stops iterating.
   */
  stream(query: string, values: QueryValues): AsyncIterable<QueryResult>;
  /** Returns the record of a conversation as JSON; null if there is none. Only for an owner: see `access`. */
  record(conversationId: string): Promise<unknown>;
  /** Runs a report of validated columns; throws if one does not belong to the relation. */
  report(spec: ReportSpec): Promise<QueryResult>;
  streamReport(spec: ReportSpec): AsyncIterable<QueryResult>;
  close(): Promise<void>;
}
