import { sessionFactsRelation } from './facts.js';
import type { FlatConversation } from './flatten.js';
import type { Column, Row } from './relations.js';

/**
 * A relation computed from a record when it is stored, one more child table of the conversation. Its key begins with
 * `conversation_start, conversation_id`, its rows are replaced with the conversation's, and it is no part of the content's digest.
 */
export interface DerivedRelation {
  readonly name: string;
  /** Positions first; without `conversation_start` and `conversation_id`. */
  readonly columns: readonly Column[];
  readonly rows: (flat: Pick<FlatConversation, 'conversationStart' | 'rows'>) => readonly Row[];
}

/** Computed from the typed raw rows, so that they need no second reading of the record and cannot disagree with the tables. */
export const derivedRelations: readonly DerivedRelation[] = [sessionFactsRelation];
