import type pg from 'pg';
import { dayMs, plus } from '../../lib/interval.js';
import type { AssignmentState, Claim, ClaimFilter, Outcome } from '../../model/assignment.js';
import { type ClaimOptions, claimAssignments, type Database, leaseMs, transition } from './assignments.js';
import { sessionOfAssignment } from './session-of-assignment.js';

export interface SendingOptions {
  readonly now: () => Date;
  /** Actor in the ledger: the command with the client or user of the write credentials. */
  readonly actor: string;
}

/** Extractions return to a conversation for about a month; older rows are settled. */
const lookBackMs = 40 * dayMs;

/** The ledger as writing to Genesys uses it: `AssignmentStore` of `wrapup/writeback/types.ts`. */
export function createAssignmentStore(pool: pg.Pool, { now, actor }: SendingOptions) {
  return {
    claimProposed: (filter: ClaimFilter, limit: number) =>
      claim(pool, { ...filter, state: 'proposed', now: now(), limit }),
    claimSent: (filter: ClaimFilter, limit: number, afterId: string) =>
      claim(pool, { ...filter, state: 'sent', now: now(), limit, afterId }),
    beginSending: (assignmentId: string) => beginSending(pool, assignmentId, now(), actor),
    markAccepted: (assignmentId: string, correlationId: string) => markAccepted(pool, assignmentId, correlationId),
    settle: (assignmentId: string, { state, ...facts }: Outcome) =>
      transition(pool, assignmentId, state, { ...facts, now: now(), actor }),
    release: (assignmentIds: readonly string[], until: Date) => release(pool, assignmentIds, until),
    confirmFromExtract: (conversationIds?: readonly string[]) =>
      confirmFromExtract(pool, { now: now(), actor, conversationIds }),
  };
}

/** Refusals that another login, another permission or a retry may resolve. */
const curableCodes = [
  'not.a.user',
  'missing.permissions',
  'missing.any.permissions',
  'not.authorized',
  'answer.lost',
  'never.applied',
  'conflict',
];

/** Puts curable rejected rows of the last weeks back to proposed; returns how many. Their attempts count from zero. */
export async function requeueRejected(
  db: Database,
  filter: ClaimFilter,
  { now, actor }: { readonly now: Date; readonly actor: string },
): Promise<number> {
  const { rowCount } = await db.query(
    `update wrapup.assignments set
         state = 'proposed', attempts = 0, settled_at = null, retry_at = null, claimed_until = null, actor = $1,
         reason = 'To be retried after it was rejected.'
     where state = 'rejected'
         and error_code = any($2)
         and started_at > $3
         and queue_id = any($4::uuid[])
         and wrapup_code = any($5::text[])
         and ($6::text is null or rule = $6)`,
    [actor, curableCodes, plus(now, -lookBackMs), filter.queueIds, filter.wrapupCodes, filter.rule ?? null],
  );
  return rowCount ?? 0;
}

async function claim(db: Database, options: ClaimOptions): Promise<Claim> {
  return { assignments: await claimAssignments(db, options), until: plus(options.now, leaseMs) };
}

/** A `sent` row without a correlation id is one whose answer is not known. */
async function beginSending(db: Database, assignmentId: string, now: Date, actor: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update wrapup.assignments set
         state = 'sent', sent_at = $2, actor = $3, correlation_id = null, error_code = null, retry_at = null,
         reason = 'Sent to Genesys; its response is not known yet.'
     where assignment_id = $1 and state = 'proposed'`,
    [assignmentId, now, actor],
  );
  return rowCount === 1;
}

async function markAccepted(db: Database, assignmentId: string, correlationId: string): Promise<void> {
  await db.query(
    `update wrapup.assignments set
         correlation_id = $2, reason = 'Genesys accepted the code (202); it does not appear there yet.'
     where assignment_id = $1 and state = 'sent'`,
    [assignmentId, correlationId],
  );
}

/** Releases claims that the caller still holds: after a claim's end, another process may hold the row. */
async function release(db: Database, assignmentIds: readonly string[], until: Date): Promise<void> {
  if (assignmentIds.length === 0) return;
  await db.query(
    // A claim that was not begun does not count as an attempt.
    `update wrapup.assignments set
         claimed_until = null,
         attempts = case when state = 'proposed' then greatest(attempts - 1, 0) else attempts end
     where assignment_id = any($1) and claimed_until = $2`,
    [assignmentIds, until],
  );
}

/**
 * Resolves rows whose agent session shows a code in a record read after the last step: the rule's own code verifies the
 * row; somebody else's, set since the decision, wins. Claimed rows are left to their process. After each extraction
 * `states` is `['sent']`, the few that wait for it.
 */
export async function confirmFromExtract(
  db: Database,
  facts: {
    readonly now: Date;
    readonly actor: string;
    readonly conversationIds?: readonly string[] | undefined;
    readonly states?: readonly AssignmentState[];
  },
): Promise<{ readonly verified: number; readonly conflicted: number }> {
  const { now, actor, conversationIds = null, states = ['proposed', 'sent', 'rejected'] } = facts;
  const { rows } = await db.query<{ state: 'verified' | 'conflicted'; count: number }>(
    `with shown as (
         select
             assignments.assignment_id as shown_id,
             facts.last_real_wrapup_code as code,
             facts.last_real_wrapup_code = assignments.wrapup_code as is_same
         from wrapup.assignments as assignments
         inner join extract.stored_conversations as stored using (conversation_id)
         inner join genesys.session_facts as facts
             on ${sessionOfAssignment}
         where assignments.state = any($5)
             and assignments.started_at > $1
             and ($4::uuid[] is null or assignments.conversation_id = any($4))
             and (assignments.claimed_until is null or assignments.claimed_until <= $2)
             and stored.as_of > coalesce(assignments.sent_at, assignments.proposed_at)
             and facts.last_real_wrapup_code is not null
             and facts.last_real_wrapup_code is distinct from assignments.previous_code
     ),
     settled as (
         update wrapup.assignments set
             state = case when is_same then 'verified' else 'conflicted' end,
             reason = case
                 when is_same then 'The last extraction shows the code.'
                 else format('The last extraction shows the code %s, set by somebody else; it stays.', code)
             end,
             error_code = case when is_same then error_code else 'code.set.meanwhile' end,
             actor = $3, settled_at = $2, claimed_until = null, retry_at = null
         from shown
         where assignment_id = shown_id and state = any($5)
         returning assignments.state
     )
     select state, count(*)::integer as count from settled group by state`,
    [plus(now, -lookBackMs), now, actor, conversationIds, states],
  );
  const countOf = (state: string) => rows.find((row) => row.state === state)?.count ?? 0;
  return { verified: countOf('verified'), conflicted: countOf('conflicted') };
}
