import type { AttributeRow } from './attributes.js';
import type { Row } from './relations.js';

/** A conversation as its tables have it: what a record is flattened to, facts are computed from and the record is rebuilt from. */
export interface ConversationRows {
  /** Lower case. */
  readonly conversationId: string;
  /** Milliseconds since 1970, with a fraction where the record has microseconds. */
  readonly conversationStart: number;
  /** Rows per relation, in the order of `relations`. */
  readonly rows: readonly (readonly Row[])[];
  /** Undefined when no participant carried the key, which says nothing about attributes already stored. */
  readonly attributes: readonly AttributeRow[] | undefined;
}
