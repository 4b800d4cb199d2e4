import type { AttributeRow } from './attributes.js';
import type { Row } from './relations.js';

/**
 * A conversation as rows of its tables: the result of flattening, from which facts are computed and
 * the record is rebuilt.
 */
export interface ConversationRows {
  /** Lower case. */
  readonly conversationId: string;
  /** Milliseconds since 1970, with a fraction where the record has microseconds. */
  readonly conversationStart: number;
  /** Rows per relation, in the order of `relations`. */
  readonly rows: readonly (readonly Row[])[];
  /** Undefined when no participant had the key, which leaves stored attributes unchanged. */
  readonly attributes: readonly AttributeRow[] | undefined;
}
