/**
 * What kind of call it is, which decides what an error can be cured by: a `query` over an interval can be split, a
 * `job` can be started over, a `listing` and the `other` calls can only be repeated.
 */
export type OperationKind = 'login' | 'query' | 'job' | 'listing' | 'other';

export interface Operation {
  /** For people: logs, errors and metrics. */
  readonly name: string;
  readonly kind: OperationKind;
  /** An empty body is a complete answer, as after a deletion. */
  readonly isEmptyAllowed?: boolean;
}
