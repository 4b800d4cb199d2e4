import { conversationFacts, conversationFactsRelation } from './conversation-facts.js';
import { type FactsInput, sessionFacts, sessionFactsRelation } from './facts.js';
import { handlingFacts, handlingFactsRelation } from './handling-facts.js';
import type { Column, Row } from './relations.js';

/**
 * A relation computed from a record when it is stored, one more child table of the conversation. Its key begins with
 * `conversation_start, conversation_id`, its rows are replaced with the conversation's, and it is no part of the content's digest.
 */
export interface DerivedRelation {
  readonly name: string;
  /** Positions first; without `conversation_start` and `conversation_id`. */
  readonly columns: readonly Column[];
}

export const derivedRelations: readonly DerivedRelation[] = [
  sessionFactsRelation,
  conversationFactsRelation,
  handlingFactsRelation,
];

/**
 * The rows of each derived relation, in their order. Computed from the typed raw rows, so that they need no second reading of the record and
 * cannot disagree with the tables.
 */
export function derivedRowsOf(flat: FactsInput): readonly (readonly Row[])[] {
  const sessions = sessionFacts(flat);
  return [sessions, [conversationFacts(sessions)], handlingFacts(sessions)];
}
