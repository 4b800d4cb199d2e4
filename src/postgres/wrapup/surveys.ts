import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { SurveyInput } from '../../model/agent-session.js';
import type { Screen } from '../../privacy/scrubber.js';
import { inTransaction } from '../connection/transaction.js';
import { type Erasures, erasedSurvey, requireErasures, withErasures } from '../load/erasures.js';
import { isDataError } from '../load/find-rejected-rows.js';

export interface StoredSurveys {
  /** New answers and corrections. */
  readonly stored: number;
  /** Answers equal to the stored ones, or older. */
  readonly unchanged: number;
  /** Conversations of the stored answers, each once; the rules must be evaluated again for them. */
  readonly conversationIds: readonly string[];
  /** Answers that Postgres rejects, by their position in the given list; the others are stored. */
  readonly refused: readonly RefusedSurvey[];
}

export interface RefusedSurvey {
  readonly index: number;
  readonly reason: string;
}

interface Row {
  readonly index: number;
  readonly survey: SurveyInput;
}

/**
 * Stores answers of surveys from outside Genesys, at most a few thousand at a time, usually in one statement. Source and survey id identify an
 * answer: the same again changes nothing; with other contents and answered no earlier it replaces the stored one. Needs the pool rather than a
 * transaction, since a refused statement is tried again in halves until the answers at fault are known.
 */
export async function storeSurveys(
  pool: pg.Pool,
  surveys: readonly SurveyInput[],
  { now, screen }: { readonly now: Date; readonly screen?: Screen | undefined },
): Promise<StoredSurveys> {
  const { ids, refused } = await withErasures(pool, (erasures) => {
    const permitted = surveys.map((survey) => erasedSurvey(screened(survey, screen), erasures));
    return storeRows(pool, lastOfEach(permitted.map((survey, index) => ({ survey, index }))), erasures, now);
  });
  return {
    stored: ids.length,
    unchanged: surveys.length - ids.length - refused.length,
    conversationIds: [...new Set(ids)],
    refused,
  };
}

/** As deep as the binary logarithm of the number of rows. */
async function storeRows(
  pool: pg.Pool,
  rows: readonly Row[],
  erasures: Erasures,
  now: Date,
): Promise<{ readonly ids: readonly string[]; readonly refused: readonly RefusedSurvey[] }> {
  try {
    const values = rows.map(({ survey }) => ({ ...survey, digest: digestOf(survey) }));
    const result = await inTransaction(pool, async (client) => {
      await requireErasures(client, erasures, now);
      return client.query<{ id: string }>(storeSql, [JSON.stringify(values), now]);
    });
    return { ids: result.rows.map(({ id }) => id), refused: [] };
  } catch (error) {
    if (!isDataError(error)) throw error;
    const [only] = rows;
    if (rows.length === 1 && only !== undefined)
      return { ids: [], refused: [{ index: only.index, reason: `Postgres rejected it (SQLSTATE ${error.code})` }] };
  }
  const middle = Math.ceil(rows.length / 2);
  const first = await storeRows(pool, rows.slice(0, middle), erasures, now);
  const second = await storeRows(pool, rows.slice(middle), erasures, now);
  return { ids: [...first.ids, ...second.ids], refused: [...first.refused, ...second.refused] };
}

/** Applies the privacy policy: a comment is a note, and fields may contain anything. */
function screened(survey: SurveyInput, screen: Screen | undefined): SurveyInput {
  if (screen === undefined) return survey;
  const comment = screen.value('notes', survey.comment);
  const fields = screen.value('attributes', survey.fields) as SurveyInput['fields'];
  return { ...survey, comment: typeof comment === 'string' ? comment : null, fields };
}

/** One statement can touch a row only once. */
function lastOfEach(rows: readonly Row[]): Row[] {
  const byKey = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify([row.survey.source, row.survey.surveyId]);
    const earlier = byKey.get(key);
    if (earlier === undefined || earlier.survey.answeredAt <= row.survey.answeredAt) byKey.set(key, row);
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
