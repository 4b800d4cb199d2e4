import type { KeepBytes } from '../../conversation/encode.js';
import { type FlatConversation, flatten, RecordError } from '../../conversation/flatten.js';
import type { Json, Page, Reject, SliceContext } from '../../model/extraction.js';
import { toJson } from '../../values/json.js';

const recordIdCharactersMax = 200;

/**
 * Builds a page from the conversation records of one response; a record that cannot be stored
 * becomes a reject instead of failing the page.
 */
export function conversationPage(
  records: readonly unknown[],
  { erase, ...facts }: { readonly asOf: Date; readonly cursor: Json; readonly erase?: SliceContext['erase'] },
): Page {
  const conversations: FlatConversation[] = [];
  const rejects: Reject[] = [];
  for (const record of records) {
    const flat = flattenOrReject(record, { erase });
    if ('reason' in flat) rejects.push(flat);
    else conversations.push(flat);
  }
  return { ...facts, batches: [{ kind: 'conversations', conversations }], rejects, recordCount: records.length };
}

/** Flattens a record without erased people; `keep` finds room for its rows. */
export function flattenOrReject(
  record: unknown,
  { erase, keep }: { readonly erase?: SliceContext['erase'] | undefined; readonly keep?: KeepBytes } = {},
): FlatConversation | Reject {
  try {
    return flatten(erase === undefined ? record : erase(record), keep);
  } catch (error) {
    // A record that overflows the stack is at fault itself and must not fail its slice permanently.
    if (!(error instanceof RecordError || error instanceof RangeError)) throw error;
    return { recordId: recordId(record), reason: error.message, record: toJson(record) };
  }
}

function recordId(record: unknown): string | null {
  const id = (record as { conversationId?: unknown } | null)?.conversationId;
  return typeof id === 'string' ? id.slice(0, recordIdCharactersMax) : null;
}
