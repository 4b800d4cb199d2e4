import type { AssignmentState } from '../../model/assignment.js';
import type { Database } from './assignments.js';

/** Proposals of one rule and code that wait for Genesys. */
export interface Pending {
  readonly rule: string;
  readonly wrapupName: string;
  readonly proposedCount: number;
  /** Number of these that the allow-lists permit. */
  readonly toWriteCount: number;
  /** A conversation of those that may be written, or of any. */
  readonly example: string;
}

export async function readPending(
  db: Database,
  filter: { readonly queueIds: readonly string[]; readonly wrapupCodes: readonly string[]; readonly rule?: string },
): Promise<Pending[]> {
  const { rows } = await db.query<Pending>(
    `with proposed as (
         select *, coalesce(queue_id = any($1::uuid[]) and wrapup_code = any($2::text[]), false) as is_allowed
         from wrapup.assignments
         where state = 'proposed' and ($3::text is null or rule = $3)
     )
     select
         rule,
         wrapup_name as "wrapupName",
         count(*)::integer as "proposedCount",
         (count(*) filter (where is_allowed))::integer as "toWriteCount",
         coalesce(min(conversation_id::text) filter (where is_allowed), min(conversation_id::text)) as example
     from proposed
     group by rule, wrapup_name
     order by rule, wrapup_name`,
    [filter.queueIds, filter.wrapupCodes, filter.rule ?? null],
  );
  return rows;
}

/** Assignments that one run brought to the same state for the same reason. */
export interface Written {
  readonly state: AssignmentState;
  readonly errorCode: string | null;
  readonly count: number;
  readonly example: string;
  /** As a sentence; one of them where they name different codes. */
  readonly reason: string | null;
}

export async function readWritten(
  db: Database,
  { since, actor }: { readonly since: Date; readonly actor: string },
): Promise<Written[]> {
  const { rows } = await db.query<Written>(
    `select
         state,
         case when state in ('verified', 'sent') then null else error_code end as "errorCode",
         count(*)::integer as count,
         min(conversation_id::text) as example,
         min(reason) as reason
     from wrapup.assignments
     where actor = $2
         and (settled_at >= $1 or sent_at >= $1 or (state = 'proposed' and retry_at >= $1))
         and state in ('verified', 'sent', 'rejected', 'conflicted', 'proposed')
     group by 1, 2
     order by count desc, 1, 2`,
    [since, actor],
  );
  return rows;
}
