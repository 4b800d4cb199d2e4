/**
 * One narrow row per agent session, a quarter as wide as its session facts, for reports over
 * months. Written at load. `sql/intermediate/int_handling_facts.sql` is the same definition in SQL
 * over the session facts.
 */

import type { Column } from '../values/columns.js';
import type { DerivedRelation, Row } from './relations.js';
import { factIndexes as at } from './session-facts.js';

type Type = Column['type'];
const columnsOf = (type: Type, ...names: string[]): Column[] => names.map((name) => ({ name, type }));

export const handlingFactsRelation: DerivedRelation = {
  name: 'handling_facts',
  columns: [
    ...columnsOf('smallint', 'participant_no', 'session_no'),
    ...columnsOf('time', 'started_at', 'handled_at'),
    ...columnsOf('bigint', 'handle_ms', 'talk_ms', 'held_ms', 'acw_ms', 'dialing_ms', 'contacting_ms'),
    ...columnsOf('bigint', 'transferred_count'),
    // Counts of emissions in one record: the sum of integers is cheaper than that of bigints, which Postgres makes a numeric.
    ...columnsOf('integer', 'handle_count', 'talk_count', 'held_count', 'acw_count'),
    ...columnsOf('uuid', 'user_id', 'queue_id'),
    ...columnsOf('text', 'media_type', 'wrapup_code', 'wrapup_cause'),
    // Last, as in session facts: no column has to be looked for behind a list.
    ...columnsOf('texts', 'division_ids'),
  ],
};

const copied = [
  at.startedAt,
  at.handledAt,
  at.handleMs,
  at.talkMs,
  at.heldMs,
  at.acwMs,
  at.dialingMs,
  at.contactingMs,
  at.transferredCount,
  at.handleCount,
  at.talkCount,
  at.heldCount,
  at.acwCount,
  at.userId,
  at.queueId,
  at.mediaType,
  at.lastRealWrapupCode,
];

/** Computes the rows of a conversation from its session facts. Pure. */
export function handlingFacts(sessions: readonly Row[]): Row[] {
  return sessions
    .filter((row) => row[at.isAgentSession] === true)
    .map((row) => [
      row[0] ?? null,
      row[1] ?? null,
      ...copied.map((index) => row[index] ?? null),
      handlingCauseOf(row),
      row[at.divisionIds] ?? null,
    ]);
}

const digitalTypes = new Set<unknown>(['chat', 'message', 'internalmessage', 'email', 'social']);
const causeOfSystemCode: Readonly<Record<string, string>> = {
  'ININ-WRAP-UP-TIMEOUT': 'acw_timeout',
  'ININ-WRAP-UP-SKIPPED': 'acw_skipped',
  'ININ-WRAP-UP-DELETED': 'code_deleted',
};

/**
 * Returns why the session has no real code, as far as the record shows; null where it has one.
 * Views refine this with the directory: a code may have been deleted, and the queue's settings may
 * explain `digital_no_code` or `unexplained`. The order is that of mart.dim_wrapup_causes.
 */
export function handlingCauseOf(row: Row): string | null {
  const systemCode = row[at.lastWrapupCode] as string | null;
  if (row[at.lastRealWrapupCode] !== null) return null;
  if (systemCode !== null) return causeOfSystemCode[systemCode] ?? 'system_code';
  if (row[at.queueId] === null || row[at.isSupervision] === true) return 'non_acd';
  if (row[at.isOpen] === true) return 'still_open';
  if (row[at.isConnected] !== true) return row[at.isDialed] === true ? 'outbound_no_contact' : 'not_answered';
  if (row[at.conversationEnd] === null) return 'still_open';
  if (row[at.acwSkipped] === true) return 'acw_skipped';
  if (row[at.isTransferred] === true) return 'transferred_before_acw';
  if (row[at.mediaType] === 'callback') return 'callback_no_acw';
  return digitalTypes.has(row[at.mediaType]) ? 'digital_no_code' : 'unexplained';
}
