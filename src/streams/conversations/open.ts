import type { GenesysApi } from '../../genesys/api.js';
import { hourMs, minuteMs } from '../../lib/interval.js';
import type { Page, Slice, SliceContext, Stream } from '../../model/extraction.js';
import { ByIds } from './by-id.js';
import { conversationMemory, PageReader } from './page-reader.js';

/** Ids in one multi-get. The limit is not documented; a hundred is known to be accepted. */
const idsMax = 100;
const pagesMax = 10_000;

/**
 * GET /api/v2/analytics/conversations/details by id, every hour, for what is stored as open: messages and e-mails live for days and weeks,
 * far outside the slices that still have passes to come.
 */
export function openConversationsStream(api: GenesysApi, memory = conversationMemory()): Stream {
  const reader = new PageReader(memory);
  const byIds = new ByIds();
  return {
    name: 'open_conversations',
    kind: 'snapshot',
    priority: 1,
    isDefault: true,
    isRecordWise: true,
    lagMs: 0,
    repassAgesMs: [],
    sliceLengthMs: () => hourMs,
    sliceLengthMsMin: minuteMs,
    pages: (slice, context) => pages({ api, reader, byIds }, slice, context),
  };
}

interface Parts {
  readonly api: GenesysApi;
  readonly reader: PageReader;
  readonly byIds: ByIds;
}

async function* pages(parts: Parts, slice: Slice, context: SliceContext): AsyncGenerator<Page, void, void> {
  const { api, reader, byIds } = parts;
  const ask = (ids: readonly string[]) =>
    reader.read({ signal: context.signal, priority: 0 }, context, (call) => api.conversationsByIds(ids, call));
  let after = (slice.cursor as { after: string } | null)?.after ?? null;
  for (let count = 0; count < pagesMax; count += 1) {
    const ids = await context.openConversationIds(after, idsMax);
    const last = ids.at(-1);
    if (last === undefined) return;
    // An id that Genesys no longer has is simply missing from the response; its record stays as it
    // was last seen.
    for await (const { ids: part, answer: read } of byIds.ask(ids, ask, context.log)) {
      // Parts do not arrive in the order of ids: a pull that is interrupted between them requests
      // the whole list again.
      const cursor = { after: part.length === ids.length ? last : after };
      yield read.page({ asOf: read.answer.requestedAt, cursor });
    }
    after = last;
    if (ids.length < idsMax) return;
  }
}
