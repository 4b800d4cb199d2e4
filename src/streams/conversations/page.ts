import type { KeepBytes } from '../../conversation/encode.js';
import { type FlatConversation, flatten, RecordError } from '../../conversation/flatten.js';
import type { Json, Page, Reject } from '../../model/extraction.js';
import { toJson } from '../../values/json.js';

const recordIdCharactersMax = 200;

/** One answer's conversation records as a page; what cannot be stored becomes a reject instead of failing the page. */
export function conversationPage(
  records: readonly unknown[],
  facts: { readonly asOf: Date; readonly cursor: Json },
): Page {
  const conversations: FlatConversation[] = [];
  const rejects: Reject[] = [];
  for (const record of records) {
    const flat = flattenOrReject(record);
    if ('reason' in flat) rejects.push(flat);
    else conversations.push(flat);
  }
  return { ...facts, batches: [{ kind: 'conversations', conversations }], rejects, recordCount: records.length };
}

export function flattenOrReject(record: unknown, keep?: KeepBytes): FlatConversation | Reject {
  try {
    return flatten(record, keep);
  } catch (error) {
    // A record that overruns the stack in whatever step is at fault itself; it must not fail its slice for ever.
    if (!(error instanceof RecordError || error instanceof RangeError)) throw error;
    return { recordId: recordId(record), reason: error.message, record: toJson(record) };
  }
}

function recordId(record: unknown): string | null {
  const id = (record as { conversationId?: unknown } | null)?.conversationId;
  return typeof id === 'string' ? id.slice(0, recordIdCharactersMax) : null;
}
