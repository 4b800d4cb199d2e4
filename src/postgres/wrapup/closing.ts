/**
 * Ends assignments without a call to Genesys: after a change of a rule, a code set by an agent, or
 * `wrapup revoke`. Rows are locked in the order of their ids.
 */
import type { Database } from './assignments.js';
import { sessionOfAssignment } from './session-of-assignment.js';

export interface SettleFacts {
  readonly now: Date;
  readonly actor: string;
}

/** Supersedes assignments whose rule was changed and no longer matches. Returns how many were still active. */
export async function withdraw(
  db: Database,
  assignmentIds: readonly string[],
  { now, actor }: SettleFacts,
): Promise<number> {
  const { rowCount } = await db.query(
    `with found as (
         select assignment_id as found_id
         from wrapup.assignments
         where assignment_id = any($1::bigint[]) and state in ('proposed', 'rejected')
         order by assignment_id
         for update
     )
     update wrapup.assignments set
         state = 'superseded', reason = format('Rule %s was changed and no longer applies.', rule), actor = $3, settled_at = $2,
         claimed_until = null
     from found
     where assignment_id = found.found_id`,
    [assignmentIds, now, actor],
  );
  return rowCount ?? 0;
}

/**
 * Supersedes assignments whose session has since got a real code from someone else. Reports have shown that code from the moment it was
 * stored; this makes the ledger say so. `sent` rows are left to the process that reads them back. Returns how many.
 */
export async function supersedeByAgents(
  db: Database,
  { now, actor, conversationIds }: SettleFacts & { readonly conversationIds?: readonly string[] },
): Promise<number> {
  const { rowCount } = await db.query(
    `with found as (
         select assignments.assignment_id as found_id, facts.last_real_wrapup_code as code
         from wrapup.assignments as assignments
         inner join extract.stored_conversations as stored on stored.conversation_id = assignments.conversation_id
         inner join genesys.session_facts as facts
             on ${sessionOfAssignment}
         where assignments.is_in_force
             and ($3::uuid[] is null or assignments.conversation_id = any($3))
             and facts.last_real_wrapup_code is not null
             and facts.last_real_wrapup_code is distinct from assignments.previous_code
             and (
                 assignments.state = 'proposed'
                 or (assignments.state in ('rejected', 'verified') and facts.last_real_wrapup_code <> assignments.wrapup_code)
             )
         order by assignments.assignment_id
         for update of assignments
     )
     update wrapup.assignments set
         state = 'superseded', reason = format('The session has got the code %s since.', found.code), actor = $2, settled_at = $1,
         claimed_until = null
     from found
     where assignment_id = found.found_id`,
    [now, actor, conversationIds ?? null],
  );
  return rowCount ?? 0;
}

/**
 * Revokes a rule's assignments for agent sessions that began in [from, to), with immediate effect
 * in reports. Returns how many assignments by their former state.
 */
export async function revoke(
  db: Database,
  filter: { readonly rule: string; readonly from?: Date; readonly to?: Date },
  { now, actor }: SettleFacts,
): Promise<{ readonly state: string; readonly count: number }[]> {
  const { rows } = await db.query<{ state: string; count: number }>(
    `with found as (
         select assignment_id, state
         from wrapup.assignments
         where rule = $1 and is_in_force and started_at >= coalesce($2::timestamptz, '-infinity') and started_at < coalesce($3::timestamptz, 'infinity')
         order by assignment_id
         for update
     ),
     revoked as (
         update wrapup.assignments as assignments set
             state = 'revoked', actor = $5, settled_at = $4, claimed_until = null,
             reason = case
                 when found.state in ('sent', 'verified') then 'Revoked in the warehouse; Genesys keeps the code.'
                 else 'Revoked in the warehouse.'
             end
         from found
         where assignments.assignment_id = found.assignment_id
         returning found.state
     )
     select state, count(*)::integer as count from revoked group by state order by state`,
    [filter.rule, filter.from ?? null, filter.to ?? null, now, actor],
  );
  return rows;
}

/** Returns the names of the rules that have assigned a code at any time. */
export async function readAssigningRules(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ rule: string }>('select distinct rule from wrapup.assignments order by rule');
  return rows.map((row) => row.rule);
}
