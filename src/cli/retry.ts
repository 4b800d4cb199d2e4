import { conversationStreams } from '../model/extraction.js';
import {
  type DeadLetter,
  deleteDeadLetter,
  readDeadLetters,
  rescheduleSlicesOf,
} from '../postgres/ledger/dead-letters.js';
import { eraseFrom, withErasures } from '../postgres/load/erasures.js';
import { createStore, storePages } from '../postgres/load/store.js';
import { createScreen } from '../privacy/scrubber.js';
import { conversationPage } from '../streams/conversations/page.js';
import { type CommandContext, exitDone, exitFailure } from './app/command.js';
import type { Opened } from './app/open.js';
import { withWarehouse } from './app/with-open.js';

const lettersPerRead = 200;
const readsMax = 10_000;

interface Counts {
  stored: number;
  left: number;
}

/**
 * Retries dead letters. Conversations that can now be stored leave the list; the others stay with
 * the current reason. A record of any other stream is meaningful only within its listing or
 * interval, so its slice is made due, and the record leaves the list when the next sync has pulled
 * the slice completely.
 */
export async function retryCommand(context: CommandContext): Promise<number> {
  return withWarehouse(context, async (opened) => {
    const counts = await retryConversations(context, opened);
    const slicesDue = await rescheduleSlicesOf(opened.pool, conversationStreams, context.now());
    opened.log.info({ ...counts, slicesDue }, 'Dead letters retried');
    if (slicesDue > 0)
      opened.log.info(`${slicesDue} slices with dead letters are due now; the next sync pulls them again`);
    return counts.left === 0 ? exitDone : exitFailure;
  });
}

async function retryConversations(context: CommandContext, { pool, config }: Opened): Promise<Counts> {
  // A dead letter may be older than the policy.
  const screen = createScreen(config.privacy);
  const store = createStore(pool, context.now);
  const client = await pool.connect();
  const counts: Counts = { stored: 0, left: 0 };
  let after = '0';
  try {
    for (let reads = 0; reads < readsMax && !context.signal.aborted; reads += 1) {
      const letters = await readDeadLetters(pool, conversationStreams, after, lettersPerRead);
      for (const letter of letters) {
        const record = JSON.parse(letter.record);
        const { deadLetters } = await withErasures(client, (erasures) => {
          const facts = { asOf: letter.asOf, cursor: {}, erase: eraseFrom(erasures) };
          const page = conversationPage([screen?.apply(record) ?? record], facts);
          const slice = { stream: letter.stream, sliceId: null, erasures };
          return storePages(client, store, slice, [page], () => settle(client, letter, page.rejects.length));
        });
        counts[deadLetters === 0 ? 'stored' : 'left'] += 1;
      }
      after = letters.at(-1)?.deadLetterId ?? after;
      if (letters.length < lettersPerRead) break;
    }
    return counts;
  } finally {
    client.release();
  }
}

async function settle(
  client: Parameters<typeof deleteDeadLetter>[0],
  letter: DeadLetter,
  rejects: number,
): Promise<void> {
  if (rejects === 0) await deleteDeadLetter(client, letter.deadLetterId);
}
