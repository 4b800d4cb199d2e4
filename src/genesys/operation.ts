/**
 * What kind of call it is, which decides what an error can be cured by: a `query` over an interval can be split, a
 * `job` can be started over, a `listing` and the `other` calls can only be repeated.
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
   * It changes something, and twice is not once: an attempt whose answer was lost is not repeated, because only reading
   * back tells whether it had its effect. What was refused for certain (429, an ended token) is sent again.
   */
  readonly isSentOnce?: boolean;
  /** Made with the credentials for writing, which advice about credentials then names. */
  readonly isWriter?: boolean;
}
