import { contactColumns, contactFacts } from './contact-facts.js';
import { conversationFacts, conversationFactsRelation } from './conversation-facts.js';
import { handlingFacts, handlingFactsRelation } from './handling-facts.js';
import { legSkillFacts, legSkillFactsRelation } from './leg-skill-facts.js';
import type { DerivedRelation, Row } from './relations.js';
import { type FactsInput, sessionFacts, sessionFactsRelation } from './session-facts.js';
import { surroundingColumns, surroundingFacts } from './surrounding-facts.js';

export const derivedRelations: readonly DerivedRelation[] = [
  sessionFactsRelation,
  {
    ...conversationFactsRelation,
    columns: [...conversationFactsRelation.columns, ...contactColumns, ...surroundingColumns],
  },
  handlingFactsRelation,
  legSkillFactsRelation,
];

/**
 * Computes the rows of each derived relation, in their order, from the typed raw rows, so that they
 * do not need the record again and cannot disagree with the tables.
 */
export function derivedRowsOf(flat: FactsInput): readonly (readonly Row[])[] {
  const sessions = sessionFacts(flat);
  const conversation = [...conversationFacts(sessions), ...contactFacts(flat), ...surroundingFacts(flat, sessions)];
  return [sessions, [conversation], handlingFacts(sessions), legSkillFacts(flat, sessions)];
}
