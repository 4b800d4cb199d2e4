import type { GenesysApi } from '../../genesys/api.js';
import { dayMs, hourMs, minuteMs } from '../../lib/interval.js';
import type { Stream } from '../../model/extraction.js';
import { detailsPages } from './details-pages.js';
import { conversationMemory, PageReader } from './page-reader.js';

/**
 * Details jobs serve a day once the data lake has it completely, at most a day after its end; until
 * then this stream covers it.
 */
const reachMs = 2 * dayMs;
/**
 * POST /api/v2/analytics/conversations/details/query in short recent slices: fresh within minutes, no participant attributes. Days and
 * weeks later `conversation_history` pulls the same conversations again, so this stream settles a slice within a day.
 */
export function conversationsStream(api: GenesysApi, memory = conversationMemory()): Stream {
  const reader = new PageReader(memory);
  return {
    name: 'conversations',
    kind: 'interval',
    priority: 0,
    isDefault: true,
    isRecordWise: true,
    lagMs: minuteMs,
    repassAgesMs: [hourMs, 6 * hourMs],
    sliceLengthMs: (at, now) => sliceLengthMs(now.getTime() - at.getTime()),
    initialLookbackMs: reachMs,
    coveredBy: 'conversation_history',
    sliceLengthMsMin: minuteMs,
    pages: (slice, context) => detailsPages({ api, reader }, slice, { interval: slice.interval }, context),
  };
}

/**
 * Returns the slice length: a long backlog becomes a few large slices, because a day of queries
 * costs no more than its pages.
 */
function sliceLengthMs(ageMs: number): number {
  if (ageMs > dayMs) return dayMs;
  return ageMs > 2 * hourMs ? hourMs : 10 * minuteMs;
}
