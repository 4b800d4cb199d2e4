import type { GenesysApi } from '../../genesys/api.js';
import { hourMs, minuteMs } from '../../lib/interval.js';
import type { Page, Slice, Stream, StreamContext } from '../../model/extraction.js';
import { conversationMemory, PageReader } from './page-reader.js';

/** Ids in one multi-get; the limit is not documented, a hundred is what is known to be accepted. */
const idsMax = 100;
const pagesMax = 10_000;

/**
 * GET /api/v2/analytics/conversations/details by id, every hour, for what is stored as open: messages and e-mails live for days and weeks,
 * far outside the slices that still have passes to come.
 */
export function openConversationsStream(api: GenesysApi, memory = conversationMemory()): Stream {
  const reader = new PageReader(memory);
  return {
    name: 'open_conversations',
    kind: 'snapshot',
    priority: 1,
    isDefault: true,
    lagMs: 0,
    repassAgesMs: [],
    sliceLengthMs: () => hourMs,
    sliceLengthMsMin: minuteMs,
    pages: (slice, context) => pages(api, reader, slice, context),
  };
}

async function* pages(
  api: GenesysApi,
  reader: PageReader,
  slice: Slice,
  context: StreamContext,
): AsyncGenerator<Page, void, void> {
  let after = (slice.cursor as { after: string } | null)?.after ?? null;
  for (let count = 0; count < pagesMax; count += 1) {
    const ids = await context.openConversationIds(after, idsMax);
    const last = ids.at(-1);
    if (last === undefined) return;
    const read = await reader.read({ signal: context.signal, priority: 0 }, (call) =>
      api.conversationsByIds(ids, call),
    );
    // An id that Genesys does not know any more is simply missing from the answer; its record stays as it was last seen.
    yield read.page({ asOf: read.answer.requestedAt, cursor: { after: last } });
    after = last;
    if (ids.length < idsMax) return;
  }
}
