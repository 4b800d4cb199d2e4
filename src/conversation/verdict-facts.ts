/**
 * Computes the parts of a conversation's wrap-up verdict from its sessions. The verdict itself depends on the directory, which may change later:
 * `sql/intermediate/int_conversation_verdicts.sql` computes it, from these columns alone.
 */
import type { Column, ColumnValue } from '../values/columns.js';
import { handlingCauseOf } from './handling-facts.js';
import type { Row } from './relations.js';
import { factIndexes as at } from './session-facts.js';

export const verdictColumns: readonly Column[] = [
  { name: 'codable_count', type: 'bigint' },
  { name: 'leak_cause', type: 'text' },
  { name: 'expected_cause', type: 'text' },
  { name: 'wrapup_codes', type: 'texts' },
  { name: 'digital_queue_ids', type: 'texts' },
  { name: 'unexplained_queue_ids', type: 'texts' },
];

/**
 * Leaks in the order in which they are tested, as in mart.dim_wrapup_causes, except those that
 * depend on the directory.
 */
const leaks = ['acw_timeout', 'acw_skipped', 'code_deleted'];
const expected = [
  'system_code',
  'non_acd',
  'outbound_no_contact',
  'not_answered',
  'still_open',
  'transferred_before_acw',
  'callback_no_acw',
];
/**
 * Causes of sessions that could not have a code: without a queue, without contact, still open, or
 * with after-call work on another session.
 */
const notCodable = new Set<string | null>([
  'system_code',
  'non_acd',
  'outbound_no_contact',
  'not_answered',
  'still_open',
  'callback_no_acw',
]);

/** Computes the values of `verdictColumns`. `agentSessions` are the agents' sessions among `sessions`. Pure. */
export function verdictFacts(sessions: readonly Row[], agentSessions: readonly Row[]): ColumnValue[] {
  const causes = agentSessions.map(handlingCauseOf);
  const firstOf = (order: readonly string[]) => order.find((cause) => causes.includes(cause)) ?? null;
  const queueIdsOf = (cause: string) =>
    orNull(sortedOnce(agentSessions.filter((_, index) => causes[index] === cause).map((row) => row[at.queueId])));
  return [
    causes.filter((cause) => !notCodable.has(cause)).length,
    firstOf(leaks),
    firstOf(expected),
    orNull(codesOf(agentSessions.length > 0 ? agentSessions : sessions)),
    queueIdsOf('digital_no_code'),
    queueIdsOf('unexplained'),
  ];
}

/** Returns the last real code of each session that has one, in the order of the sessions' starts, then by position. */
function codesOf(sessions: readonly Row[]): string[] {
  const coded = sessions.filter((row) => row[at.lastRealWrapupCode] !== null);
  const startOf = (row: Row) => row[at.startedAt] as number;
  return coded.toSorted((a, b) => startOf(a) - startOf(b)).map((row) => row[at.lastRealWrapupCode] as string);
}

const sortedOnce = (values: readonly (ColumnValue | undefined)[]): string[] =>
  [...new Set(values as readonly string[])].sort();

const orNull = (values: readonly string[]): readonly string[] | null => (values.length === 0 ? null : values);
