/**
 * The kind of call, which decides how to recover from an error: a `query` over an interval can be split, a `job` can be
 * restarted, a `listing` and the `other` calls can only be repeated.
 */
export type OperationKind = 'login' | 'query' | 'job' | 'listing' | 'other';

export interface Operation {
  /** For people: logs, errors and metrics. */
  readonly name: string;
  readonly kind: OperationKind;
  /** A query that asks no less about a part of its interval: splitting it would not help. */
  readonly isIndivisible?: boolean;
  /** The member of the answer that holds its records, where they can be taken one by one. */
  readonly recordsKey?: string;
  /** An empty body is a complete answer, as after a deletion. */
  readonly isEmptyAllowed?: boolean;
  /** A bare JSON array is a good answer; it is handed on as `{ entities }`. */
  readonly isListAllowed?: boolean;
  /**
   * True for a call that changes something and is not idempotent: an attempt whose response was lost is not repeated,
   * because only reading back shows whether it took effect. A definite refusal (429, an expired token) is retried.
   */
  readonly isNonIdempotent?: boolean;
  /** Made with the credentials for writing, which advice about credentials then names. */
  readonly isWriter?: boolean;
}
