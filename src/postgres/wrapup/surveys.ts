import { createHash } from 'node:crypto';
import type { SurveyInput } from '../../model/agent-session.js';
import type { Screen } from '../../privacy/scrubber.js';
import { withoutErased } from '../load/erasures.js';
import type { Database } from './assignments.js';

export interface StoredSurveys {
  /** New answers and corrections. */
  readonly stored: number;
  /** The same as stored already, or older than what is stored. */
  readonly unchanged: number;
  /** Conversations of what was stored, each once: to be judged by the rules again. */
  readonly conversationIds: readonly string[];
}

/**
 * Stores answers of surveys from outside Genesys, at most a few thousand at a time, in one statement. Source and survey id make an answer
 * the same: again it changes nothing, with other contents and answered no earlier it takes the place of the one stored.
 */
export async function storeSurveys(
  db: Database,
  surveys: readonly SurveyInput[],
  { now, screen }: { readonly now: Date; readonly screen?: Screen | undefined },
): Promise<StoredSurveys> {
  const permitted = await withoutErased(
    db,
    surveys.map((survey) => screened(survey, screen)),
  );
  const rows = lastOfEach(permitted).map((survey) => ({ ...survey, digest: digestOf(survey) }));
  const result = await db.query<{ id: string }>(storeSql, [JSON.stringify(rows), now]);
  return {
    stored: result.rows.length,
    unchanged: surveys.length - result.rows.length,
    conversationIds: [...new Set(result.rows.map(({ id }) => id))],
  };
}

/** A comment is a note, and what fields hold nobody knows. */
function screened(survey: SurveyInput, screen: Screen | undefined): SurveyInput {
  if (screen === undefined) return survey;
  const comment = screen.value('notes', survey.comment);
  const fields = screen.value('attributes', survey.fields) as SurveyInput['fields'];
  return { ...survey, comment: typeof comment === 'string' ? comment : null, fields };
}

/** One statement can touch a row only once. */
function lastOfEach(surveys: readonly SurveyInput[]): SurveyInput[] {
  const byKey = new Map<string, SurveyInput>();
  for (const survey of surveys) {
    const key = JSON.stringify([survey.source, survey.surveyId]);
    const earlier = byKey.get(key);
    if (earlier === undefined || earlier.answeredAt <= survey.answeredAt) byKey.set(key, survey);
  }
  return [...byKey.values()];
}

function digestOf(survey: SurveyInput): string {
  return createHash('sha256').update(JSON.stringify(survey)).digest('hex').slice(0, 32);
}

const storeSql = `
    insert into wrapup.surveys as stored (
        source, survey_id, conversation_id, queue_id, user_id, answered_at, received_at, promoter_score, satisfaction, category, comment, fields,
        digest
    )
    select
        source, "surveyId", "conversationId", "queueId", "userId", "answeredAt", $2, "promoterScore", satisfaction, category, comment, fields,
        digest
    from jsonb_to_recordset($1::jsonb) as rows (
        source text, "surveyId" text, "conversationId" uuid, "queueId" uuid, "userId" uuid, "answeredAt" timestamptz,
        "promoterScore" numeric, satisfaction numeric, category text, comment text, fields jsonb, digest uuid
    )
    on conflict (source, survey_id) do update set
        conversation_id = excluded.conversation_id,
        queue_id = excluded.queue_id,
        user_id = excluded.user_id,
        answered_at = excluded.answered_at,
        received_at = excluded.received_at,
        promoter_score = excluded.promoter_score,
        satisfaction = excluded.satisfaction,
        category = excluded.category,
        comment = excluded.comment,
        fields = excluded.fields,
        digest = excluded.digest
    where stored.digest <> excluded.digest and stored.answered_at <= excluded.answered_at
    returning stored.conversation_id::text as id`;
