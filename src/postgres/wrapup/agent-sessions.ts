/** Reads agent sessions, with what rules ask about them, in batches. */
import type pg from 'pg';
import type { Interval } from '../../lib/interval.js';
import type {
  ActiveAssignment,
  AgentSession,
  AgentSessionFilter,
  Directory,
  Named,
  Phase,
  SurveyAnswer,
} from '../../model/agent-session.js';
import { streamTransaction } from '../connection/transaction.js';

/** Agent sessions in memory at once. */
const batchSize = 2_000;
/** A bound against a cursor that never ends; as many batches hold two hundred million agent sessions. */
const batchesMax = 100_000;
export const conversationIdsMax = 5_000;

/** All agent sessions that began in the interval, or those of the conversations named (at most 5,000). */
export type AgentSessionScope = { readonly interval: Interval } | { readonly conversationIds: readonly string[] };

/**
 * Yields agent sessions in batches, in the order of their starts, from one snapshot: what the consumer writes meanwhile does not change what
 * is read. Memory holds one batch, however long the interval.
 */
export function readAgentSessions(
  pool: pg.Pool,
  scope: AgentSessionScope,
  filter: AgentSessionFilter,
  directory: Directory,
): AsyncGenerator<readonly AgentSession[]> {
  return streamTransaction(pool, (client) => readBatches(client, scope, filter, namesOf(directory)));
}

async function* readBatches(
  client: pg.PoolClient,
  scope: AgentSessionScope,
  filter: AgentSessionFilter,
  names: ReturnType<typeof namesOf>,
): AsyncGenerator<readonly AgentSession[]> {
  // Optimizes for the whole result instead of a quick first row.
  await client.query('set local cursor_tuple_fraction = 1');
  await client.query(`declare agent_sessions no scroll cursor for ${selectSql(scope)}`, parameters(scope, filter));
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const { rows } = await client.query<Row>(`fetch ${batchSize} from agent_sessions`);
    if (rows.length > 0) yield await complete(client, rows, filter, names);
    if (rows.length < batchSize) return;
  }
}

interface Row
  extends Omit<AgentSession, 'queue' | 'user' | 'team' | 'divisions' | 'skills' | 'attributes' | 'surveys'> {
  readonly queueId: string | null;
  readonly userId: string | null;
  readonly teamId: string | null;
  readonly phase: Phase;
  readonly active: ActiveAssignment | null;
}

function parameters(scope: AgentSessionScope, filter: AgentSessionFilter): unknown[] {
  const { queueIds, mediaTypes, causes, phases, realCodes, onlySurveyed } = filter;
  return [...bounds(scope), queueIds, mediaTypes, causes, phases, realCodes, onlySurveyed];
}

function bounds(scope: AgentSessionScope): readonly [unknown, unknown] {
  if ('interval' in scope) return [scope.interval.from, scope.interval.to];
  const { length } = scope.conversationIds;
  if (length > conversationIdsMax)
    throw new RangeError(`${length} conversations at once; ask for ${conversationIdsMax}`);
  return [scope.conversationIds, null];
}

const selectSql = (scope: AgentSessionScope) => `
    select
        sessions.conversation_id::text as "conversationId",
        sessions.conversation_start as "conversationStart",
        sessions.participant_no as "participantNo",
        sessions.session_no as "sessionNo",
        sessions.participant_id::text as "participantId",
        sessions.session_id::text as "sessionId",
        sessions.started_at as "startedAt",
        sessions.phase,
        case sessions.phase
            when 'ended' then coalesce(sessions.ended_at, sessions.started_at)
            when 'afterCallWork' then (
                select max(segments.segment_start)
                from genesys.segments as segments
                where segments.conversation_start = sessions.conversation_start
                    and segments.conversation_id = sessions.conversation_id
                    and segments.participant_no = sessions.participant_no
                    and segments.session_no = sessions.session_no
                    and segments.segment_type = 'wrapup'
                    and segments.segment_end is null
            )
        end as "contactEndedAt",
        sessions.queue_id::text as "queueId",
        sessions.user_id::text as "userId",
        sessions.team_id::text as "teamId",
        sessions.media_type as "mediaType",
        sessions.direction,
        sessions.connected_disconnect_type as "disconnectType",
        sessions.wrapup_cause as cause,
        sessions.wrapup_code as "currentCode",
        case
            when assignments.assignment_id is not null then json_build_object(
                'assignmentId', assignments.assignment_id::text,
                'rule', assignments.rule,
                'ruleVersion', assignments.rule_version,
                'wrapupCode', assignments.wrapup_code,
                'state', assignments.state,
                'source', assignments.source,
                'cause', assignments.cause,
                'previousCode', assignments.previous_code
            )
        end as "active"
    from (
        select
            *,
            case when is_wrapup_open then 'afterCallWork' when is_open then 'contact' else 'ended' end as phase
        from genesys.int_agent_sessions
    ) as sessions
    left join wrapup.assignments as assignments
        on assignments.conversation_id = sessions.conversation_id
        and assignments.participant_no = sessions.participant_no
        and assignments.session_no = sessions.session_no
        and assignments.session_id is not distinct from sessions.session_id
        and assignments.in_force_no = 0
    where ${'interval' in scope ? inInterval : inConversations}
        and (
            assignments.assignment_id is not null
            or (
                ($3::uuid[] is null or sessions.queue_id = any($3))
                and ($4::text[] is null or sessions.media_type = any($4))
                and ($5::text[] is null or sessions.wrapup_cause = any($5))
                and sessions.phase = any($6::text[])
                and (sessions.last_real_wrapup_code is null or $7::text[] is null or sessions.last_real_wrapup_code = any($7))
                and (not $8::boolean or ${isSurveyed})
            )
        )
    order by sessions.started_at, sessions.conversation_id, sessions.participant_no, sessions.session_no`;

const inInterval = 'sessions.started_at >= $1::timestamptz and sessions.started_at < $2::timestamptz';
const inConversations = `
    (sessions.conversation_start, sessions.conversation_id) in (
        select stored.conversation_start, stored.conversation_id
        from extract.stored_conversations as stored
        where stored.conversation_id = any($1::uuid[])
    ) and $2::text is null`;
const isSurveyed = `(
    exists (select from wrapup.surveys where surveys.conversation_id = sessions.conversation_id)
    or exists (
        select from genesys.surveys
        where surveys.conversation_start = sessions.conversation_start
            and surveys.conversation_id = sessions.conversation_id
            and surveys.survey_completed_date is not null
    )
)`;

type NameMaps = Readonly<
  Record<'queues' | 'users' | 'teams' | 'divisions' | 'skills', ReadonlyMap<string, string | null>>
>;

function namesOf(directory: Directory): NameMaps {
  const map = (entries: readonly Named[]) => new Map(entries.map(({ id, name }) => [id, name]));
  const { queues, users, teams, divisions, skills } = directory;
  return { queues: map(queues), users: map(users), teams: map(teams), divisions: map(divisions), skills: map(skills) };
}

type ByConversation<T> = ReadonlyMap<string, T>;

async function complete(
  client: pg.ClientBase,
  rows: readonly Row[],
  { needs }: AgentSessionFilter,
  names: NameMaps,
): Promise<AgentSession[]> {
  const keys = [rows.map((row) => row.conversationStart), rows.map((row) => row.conversationId)];
  const read = async <T>(isNeeded: boolean, text: string): Promise<ByConversation<T>> => {
    if (!isNeeded) return new Map();
    const found = await client.query<{ id: string; value: T }>(`${keysSql} ${text}`, keys);
    return new Map(found.rows.map(({ id, value }) => [id, value]));
  };
  const attributes = await read<AgentSession['attributes']>(needs.attributes, attributesSql);
  const skills = await read<string[]>(needs.skills, skillsSql);
  const divisions = await read<string[]>(needs.divisions, divisionsSql);
  const surveys = await read<SurveyAnswer[]>(needs.surveys, surveysSql);
  const named = (id: string | null, map: ReadonlyMap<string, string | null>): Named | null =>
    id === null ? null : { id, name: map.get(id) ?? null };
  const all = (ids: readonly string[] | undefined, map: ReadonlyMap<string, string | null>) =>
    (ids ?? []).map((id) => ({ id, name: map.get(id) ?? null }));
  return rows.map(({ queueId, userId, teamId, ...row }) => ({
    ...row,
    queue: named(queueId, names.queues),
    user: named(userId, names.users),
    team: named(teamId, names.teams),
    divisions: all(divisions.get(row.conversationId), names.divisions),
    skills: all(skills.get(row.conversationId), names.skills),
    attributes: attributes.get(row.conversationId) ?? {},
    // JSON has no times.
    surveys: (surveys.get(row.conversationId) ?? []).map((each) => ({
      ...each,
      answeredAt: new Date(each.answeredAt),
    })),
  }));
}

const keysSql = `
    with keys as (
        select distinct conversation_start, conversation_id
        from unnest($1::timestamptz[], $2::uuid[]) as keys (conversation_start, conversation_id)
    )`;

const attributesSql = `
    select keys.conversation_id::text as id, json_object_agg(attributes.name, attributes.value order by attributes.participant_no) as value
    from keys
    inner join genesys.participant_attributes as attributes using (conversation_start, conversation_id)
    where attributes.name is not null and attributes.value is not null
    group by keys.conversation_id`;

const skillsSql = `
    select keys.conversation_id::text as id, array_agg(distinct skill.skill) as value
    from keys
    inner join genesys.segments as segments using (conversation_start, conversation_id)
    cross join unnest(segments.requested_routing_skill_ids) as skill (skill)
    group by keys.conversation_id`;

const divisionsSql = `
    select keys.conversation_id::text as id, conversations.division_ids as value
    from keys
    inner join genesys.conversations as conversations using (conversation_start, conversation_id)
    where conversations.division_ids is not null`;

const surveysSql = `,
    answers as (
        select
            surveys.conversation_id, surveys.source, surveys.survey_id, surveys.answered_at, surveys.queue_id, surveys.user_id,
            surveys.promoter_score, surveys.satisfaction, null::numeric as total_score, surveys.category, surveys.comment, null::text as form,
            surveys.fields
        from keys
        inner join wrapup.surveys as surveys using (conversation_id)

        union all

        select
            surveys.conversation_id, 'genesys', surveys.survey_id::text, surveys.survey_completed_date, surveys.queue_id, surveys.user_id,
            surveys.survey_promoter_score, null, surveys.o_survey_total_score, null, null, surveys.survey_form_name, '{}'
        from keys
        inner join genesys.surveys as surveys using (conversation_start, conversation_id)
        where surveys.survey_completed_date is not null
    )
    select
        answers.conversation_id::text as id,
        json_agg(
            json_build_object(
                'source', answers.source,
                'surveyId', answers.survey_id,
                'answeredAt', answers.answered_at,
                'queueId', answers.queue_id,
                'userId', answers.user_id,
                'promoterScore', answers.promoter_score,
                'satisfaction', answers.satisfaction,
                'totalScore', answers.total_score,
                'category', answers.category,
                'comment', answers.comment,
                'form', answers.form,
                'fields', answers.fields
            )
            order by answers.answered_at desc, answers.source, answers.survey_id
        ) as value
    from answers
    group by answers.conversation_id`;
