/** The wrap-up ledger, `wrapup.assignments`: proposals are inserted, claimed, moved from state to state, listed. */
import type pg from 'pg';
import { minuteMs, plus } from '../../lib/interval.js';
import {
  type Assignment,
  type AssignmentState,
  type ClaimFilter,
  isSettled,
  type Proposal,
  statesBefore,
} from '../../model/assignment.js';
import { inTransaction } from '../connection/transaction.js';
import { sessionOfAssignment } from './session-of-assignment.js';

export type Database = pg.Pool | pg.ClientBase;

/** Longer than one call with its retries; after a crash the row is free again after this time. */
export const leaseMs = 10 * minuteMs;
const claimLimitMax = 10_000;
const listLimitMax = 10_000;

export const assignmentColumns = `
    assignment_id::text as "assignmentId", conversation_start as "conversationStart", conversation_id as "conversationId",
    participant_no as "participantNo", session_no as "sessionNo", started_at as "startedAt", participant_id as "participantId",
    session_id as "sessionId", queue_id as "queueId", user_id as "userId", media_type as "mediaType", rule, rule_version as "ruleVersion",
    source, wrapup_code as "wrapupCode", wrapup_name as "wrapupName", note, cause, previous_code as "previousCode", state, reason,
    error_code as "errorCode", correlation_id as "correlationId", actor, attempts, proposed_at as "proposedAt", retry_at as "retryAt",
    sent_at as "sentAt", settled_at as "settledAt"`;

export interface InsertCounts {
  /** New rows, replacements included. */
  readonly proposed: number;
  /** Earlier decisions that new ones replaced. */
  readonly superseded: number;
  /** Decisions that exist already, or were revoked or overridden by an agent since. */
  readonly unchanged: number;
}

/**
 * Stores decisions of at most a few thousand agent sessions, one each, in a transaction of its own. The same rule version and code on the same agent session is left
 * alone while it is active, and also where it was revoked or lost to someone else's code; anything else supersedes the active one.
 */
export async function insertProposals(
  pool: pg.Pool,
  proposals: readonly Proposal[],
  { now, actor }: { readonly now: Date; readonly actor: string },
): Promise<InsertCounts> {
  const values = [JSON.stringify(proposals), now, actor];
  return inTransaction(pool, async (client) => {
    // Two statements: the earlier row must have left the index of active rows before the new one enters it.
    const { rowCount: superseded } = await client.query(`${wanted} ${supersedeEarlier}`, values);
    const { rowCount: proposed } = await client.query(`${wanted} ${insertNew}`, values);
    return { proposed: proposed ?? 0, superseded: superseded ?? 0, unchanged: proposals.length - (proposed ?? 0) };
  });
}

/** Without an allow-list, any queue or code. */
export interface ClaimOptions extends Partial<ClaimFilter> {
  /** `proposed`: what is due to be sent, counted as an attempt. `sent`: what is to be read back. */
  readonly state: 'proposed' | 'sent';
  readonly now: Date;
  /** At most 10,000. */
  readonly limit: number;
  /** Only rows above this id. */
  readonly afterId?: string;
}

/**
 * Claims rows for this process, the oldest decision first: until `leaseMs` from now no other call returns them. Rows that another
 * process is claiming at this moment are skipped, not waited for.
 */
export async function claimAssignments(db: Database, options: ClaimOptions): Promise<Assignment[]> {
  const { rows } = await db.query<Assignment>(
    `with free as (
         select assignment_id as free_id
         from wrapup.assignments
         where state = $1
             and assignment_id > $8
             and (state = 'sent' or retry_at is null or retry_at <= $2)
             and (claimed_until is null or claimed_until <= $2)
             and ($4::uuid[] is null or queue_id = any($4))
             and ($5::text[] is null or wrapup_code = any($5))
             and ($6::text is null or rule = $6)
             and ($7::uuid[] is null or conversation_id = any($7))
         order by assignment_id
         limit $9
         for update skip locked
     ),
     claimed as (
         update wrapup.assignments set claimed_until = $3, attempts = attempts + (state = 'proposed')::integer
         from free where assignment_id = free.free_id
         returning assignments.*
     )
     select ${assignmentColumns} from claimed order by assignment_id`,
    [
      options.state,
      options.now,
      plus(options.now, leaseMs),
      options.queueIds ?? null,
      options.wrapupCodes ?? null,
      options.rule ?? null,
      options.conversationIds ?? null,
      options.afterId ?? '0',
      Math.min(options.limit, claimLimitMax),
    ],
  );
  return rows;
}

export interface TransitionFacts {
  readonly now: Date;
  readonly actor: string;
  /** A plain sentence. */
  readonly reason?: string;
  readonly errorCode?: string;
  readonly correlationId?: string;
  /** With `proposed`: not to be sent again before. */
  readonly retryAt?: Date;
}

/**
 * Puts one row into another state, if the state it has now may be followed by it (see `canTransition`); returns whether it did. `sent` keeps the
 * claim, every other state ends it. Facts that are not given keep their value, except the reason, which belongs to the state.
 */
export async function transition(
  db: Database,
  assignmentId: string,
  to: AssignmentState,
  facts: TransitionFacts,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update wrapup.assignments set
         state = $2,
         actor = $4,
         reason = $5,
         error_code = coalesce($6, error_code),
         correlation_id = coalesce($7, correlation_id),
         retry_at = $8,
         sent_at = case when $2 = 'sent' then $3 else sent_at end,
         settled_at = case when $9 then $3::timestamptz end,
         claimed_until = case when $2 = 'sent' then claimed_until end
     where assignment_id = $1 and state = any($10)`,
    [
      assignmentId,
      to,
      facts.now,
      facts.actor,
      facts.reason ?? null,
      facts.errorCode ?? null,
      facts.correlationId ?? null,
      facts.retryAt ?? null,
      isSettled(to),
      statesBefore(to),
    ],
  );
  return rowCount === 1;
}

export interface AssignmentFilter {
  readonly states?: readonly AssignmentState[];
  readonly rule?: string;
  readonly conversationIds?: readonly string[];
  readonly ids?: readonly string[];
  /** Only rows last sent before this instant. */
  readonly sentBefore?: Date;
  /** Only rows that no process has claimed at this instant. */
  readonly freeAt?: Date;
  readonly queueIds?: readonly string[];
  readonly wrapupCodes?: readonly string[];
  /** Only above this id. */
  readonly afterId?: string;
  /** At most 10,000, which is also the default. */
  readonly limit?: number;
}

/** Rows of the ledger by id, ascending. */
export async function listAssignments(db: Database, filter: AssignmentFilter): Promise<Assignment[]> {
  const { rows } = await db.query<Assignment>(
    `select ${assignmentColumns} from wrapup.assignments
     where ($1::text[] is null or state = any($1))
         and ($2::text is null or rule = $2)
         and ($3::uuid[] is null or conversation_id = any($3))
         and ($4::bigint[] is null or assignment_id = any($4))
         and ($5::timestamptz is null or sent_at < $5)
         and ($6::timestamptz is null or claimed_until is null or claimed_until <= $6)
         and ($7::uuid[] is null or queue_id = any($7))
         and ($8::text[] is null or wrapup_code = any($8))
         and assignment_id > $9
     order by assignment_id
     limit $10`,
    [
      filter.states ?? null,
      filter.rule ?? null,
      filter.conversationIds ?? null,
      filter.ids ?? null,
      filter.sentBefore ?? null,
      filter.freeAt ?? null,
      filter.queueIds ?? null,
      filter.wrapupCodes ?? null,
      filter.afterId ?? '0',
      Math.min(filter.limit ?? listLimitMax, listLimitMax),
    ],
  );
  return rows;
}

/** State of an assignment's agent session in the last extraction. */
export interface Sighting {
  readonly assignmentId: string;
  /** False where the session is no longer at its position, e.g. after a restatement. */
  readonly isFound: boolean;
  readonly lastWrapupCode: string | null;
  readonly lastRealWrapupCode: string | null;
  /** Time at which the record that shows this was read from Genesys. */
  readonly asOf: Date | null;
  readonly isConversationEnded: boolean;
}

export async function readSightings(db: Database, assignmentIds: readonly string[]): Promise<Sighting[]> {
  const { rows } = await db.query<Sighting>(
    `select
         assignments.assignment_id::text as "assignmentId",
         facts.conversation_id is not null as "isFound",
         facts.last_wrapup_code as "lastWrapupCode",
         facts.last_real_wrapup_code as "lastRealWrapupCode",
         stored.as_of as "asOf",
         facts.conversation_end is not null as "isConversationEnded"
     from wrapup.assignments as assignments
     left join extract.stored_conversations as stored on stored.conversation_id = assignments.conversation_id
     left join genesys.session_facts as facts
         on ${sessionOfAssignment}
     where assignments.assignment_id = any($1)
     order by assignments.assignment_id`,
    [assignmentIds],
  );
  return rows;
}

const sameSession = `
    earlier.conversation_id = given."conversationId"
    and earlier.participant_no = given."participantNo"
    and earlier.session_no = given."sessionNo"`;

const wanted = `
    with given as (
        select *, $2::timestamptz as now, $3::text as actor
        from jsonb_to_recordset($1::jsonb) as rows (
            "conversationStart" timestamptz, "conversationId" uuid, "participantNo" smallint, "sessionNo" smallint, "startedAt" timestamptz,
            "participantId" uuid, "sessionId" uuid, "queueId" uuid, "userId" uuid, "mediaType" text, rule text, "ruleVersion" text,
            source text, "wrapupCode" text, "wrapupName" text, note text, cause text, "previousCode" text
        )
    ),
    wanted as (
        select given.*
        from given
        where not exists (
            select from wrapup.assignments as earlier
            where ${sameSession}
                and earlier.session_id is not distinct from given."sessionId"
                and earlier.rule_version = given."ruleVersion"
                and earlier.wrapup_code = given."wrapupCode"
                and (earlier.is_in_force or earlier.state in ('conflicted', 'revoked'))
        )
    )`;

// Rows are locked in the order of their ids, here and wherever several change at once: two processes then wait for each other one way only.
const supersedeEarlier = `,
    found as (
        select earlier.assignment_id as found_id, given.rule, given."wrapupName", given.actor, given.now
        from wanted as given
        inner join wrapup.assignments as earlier on ${sameSession} and earlier.in_force_no = 0
        order by earlier.assignment_id
        for update of earlier
    )
    update wrapup.assignments as earlier set
        state = 'superseded',
        reason = format('Rule %s decided again: %s.', found.rule, found."wrapupName"),
        actor = found.actor,
        settled_at = found.now,
        claimed_until = null
    from found
    where earlier.assignment_id = found.found_id`;

// Another process may have decided the same at this moment: its row stays. It inserts in the same order, for the same reason.
const insertNew = `
    insert into wrapup.assignments (
        conversation_start, conversation_id, participant_no, session_no, started_at, participant_id, session_id, queue_id, user_id, media_type,
        rule, rule_version, source, wrapup_code, wrapup_name, note, cause, previous_code, actor, proposed_at
    )
    select
        "conversationStart", "conversationId", "participantNo", "sessionNo", "startedAt", "participantId", "sessionId", "queueId", "userId",
        "mediaType", rule, "ruleVersion", source, "wrapupCode", "wrapupName", note, cause, "previousCode", actor, now
    from wanted
    order by "startedAt", "conversationId", "participantNo", "sessionNo"
    on conflict (conversation_id, participant_no, session_no, in_force_no) do nothing`;
