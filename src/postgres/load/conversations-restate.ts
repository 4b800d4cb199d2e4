import type { ClientBase } from 'pg';
import { readableText } from '../../values/escape.js';
import type { Replaced } from './conversations-replacement.js';
import { timestampText } from './conversations-versions.js';

const changedFieldsLengthMax = 2_000;

const insertText = `
  insert into extract.restatements
    (conversation_id, conversation_start, restated_at, stream, previous_as_of, as_of, changed_fields)
  select news.conversation_id, news.conversation_start, $5::timestamptz, $6, news.previous_as_of, news.as_of, news.changed_fields
  from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $7::text[])
    as news (conversation_id, conversation_start, previous_as_of, as_of, changed_fields)
  returning restatement_id::text, conversation_id`;

const insertFiguresText = `
  insert into extract.restatement_figures
    (restatement_id, quarter_start, queue_id, media_type, figure, value_before, value_after)
  select * from unnest($1::bigint[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])`;

/**
 * Records which fields of which conversations differ from what was stored, and by how much figures of a day change. Attributes that were
 * not known before are not a restatement.
 */
export async function insertRestatements(
  client: ClientBase,
  replaced: readonly Replaced[],
  context: { readonly stream: string; readonly now: Date },
): Promise<void> {
  const restated = replaced.filter((each) => each.changedPaths.size > 0);
  if (restated.length === 0) return;
  const { rows } = await client.query<{ restatement_id: string; conversation_id: string }>(insertText, [
    restated.map((each) => each.replacement.arrival.flat.conversationId),
    restated.map((each) => timestampText(standingStart(each))),
    restated.map((each) => timestampText(previousAsOf(each))),
    restated.map((each) => timestampText(asOf(each))),
    context.now.toISOString(),
    context.stream,
    restated.map((each) => changedFields(each.changedPaths)),
  ]);
  const ids = new Map(rows.map((row) => [row.conversation_id, row.restatement_id]));
  await insertFigures(client, restated, ids);
}

async function insertFigures(
  client: ClientBase,
  restated: readonly Replaced[],
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const moved = restated.flatMap((each) => {
    const id = ids.get(each.replacement.arrival.flat.conversationId);
    return each.movedFigures.map((figure) => ({ id, ...figure }));
  });
  if (moved.length === 0) return;
  await client.query(insertFiguresText, [
    moved.map(({ id }) => id),
    moved.map(({ quarterStart }) => timestampText(quarterStart)),
    moved.map(({ queueId }) => queueId),
    moved.map(({ mediaType }) => mediaType),
    moved.map(({ figure }) => figure),
    moved.map(({ before }) => before),
    moved.map(({ after }) => after),
  ]);
}

/** An older record's attributes do not move the conversation. */
function standingStart({ replacement }: Replaced): number {
  const { arrival, before, decision } = replacement;
  return decision.content === 'older' ? before.conversationStart : arrival.flat.conversationStart;
}

function isContentChanged(replaced: Replaced): boolean {
  return replaced.replacement.decision.content === 'changed';
}

function previousAsOf(replaced: Replaced): number {
  const { before } = replaced.replacement;
  return isContentChanged(replaced) ? before.asOfMs : (before.attributesAsOfMs ?? before.asOfMs);
}

function asOf(replaced: Replaced): number {
  const { arrival } = replaced.replacement;
  return isContentChanged(replaced) ? arrival.asOfMs : arrival.attributesAsOfMs;
}

/** Sorted, so that restatements of the same kind read alike. */
function changedFields(paths: ReadonlySet<string>): string {
  return readableText([...paths].sort().join(', ').slice(0, changedFieldsLengthMax));
}
