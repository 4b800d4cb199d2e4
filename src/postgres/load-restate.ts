import type { ClientBase } from 'pg';
import { readableText } from '../conversation/escape.js';
import type { Replaced } from './load-replace.js';
import { timestampText } from './load-versions.js';

const changedFieldsLengthMax = 2_000;

const insertText = `
  insert into extract.restatements
    (conversation_id, conversation_start, restated_at, stream, previous_as_of, as_of, changed_fields)
  select news.conversation_id, news.conversation_start, $5::timestamptz, $6, news.previous_as_of, news.as_of, news.changed_fields
  from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $7::text[])
    as news (conversation_id, conversation_start, previous_as_of, as_of, changed_fields)`;

/** Notes which fields of which conversations differ from what was stored. Attributes that were not known before are no restatement. */
export async function insertRestatements(
  client: ClientBase,
  replaced: readonly Replaced[],
  context: { readonly stream: string; readonly now: Date },
): Promise<void> {
  const restated = replaced.filter((each) => each.changedPaths.size > 0);
  if (restated.length === 0) return;
  await client.query(insertText, [
    restated.map((each) => each.attributes.conversationId),
    restated.map((each) => timestampText(each.attributes.conversationStart)),
    restated.map((each) => timestampText(previousAsOf(each))),
    restated.map((each) => timestampText(asOf(each))),
    context.now.toISOString(),
    context.stream,
    restated.map((each) => changedFields(each.changedPaths)),
  ]);
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
