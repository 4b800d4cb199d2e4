/**
 * The kind of call, which decides how to recover from an error: a `query` over an interval can be split, a `job` can be
 * restarted, a `listing` and the `other` calls can only be repeated.
 */
export type OperationKind = 'login' | 'query' | 'job' | 'listing' | 'other';

export interface Operation {
  /** Name in logs, errors and metrics. */
  readonly name: string;
  readonly kind: OperationKind;
  /** A query of the same size for any part of its interval, so that splitting does not help. */
  readonly isIndivisible?: boolean;
  /** Member of the response with its records, if they can be read one by one. */
  readonly recordsKey?: string;
  /** An empty body is a complete answer, as after a deletion. */
  readonly isEmptyAllowed?: boolean;
  /** A bare JSON array is a valid response; it is returned as `{ entities }`. */
  readonly isListAllowed?: boolean;
  /**
   * True for a call that changes something and is not idempotent: an attempt whose response was lost is not repeated,
   * because only reading back shows whether it took effect. A definite refusal (429, an expired token) is retried.
   */
  readonly isNonIdempotent?: boolean;
  /** The API needs no time for the response, so that a late one means that nothing is answered. */
  readonly isQuick?: boolean;
  /** Sent with the credentials for writing, which advice in errors then names. */
  readonly isWriter?: boolean;
}
