import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type FlatConversation, flatten } from '../../src/conversation/flatten.js';
import { benchConversation, benchWorld, seededRandom } from './records.js';

const conversationsPerPage = 100;
const conversationsPerTurn = 25;
/** Between two conversations: 90 days hold a million. */
const gapMs = 7_776;
const firstStartMs = Date.UTC(2026, 0, 1);

export interface PageFile {
  readonly path: string;
  /** Bytes of each page, one behind the other. */
  readonly sizes: readonly number[];
}

/** Writes pages of conversations as an API would answer them, so that reading and parsing is part of what is timed. */
export async function writePages(path: string, conversationCount: number): Promise<PageFile> {
  const random = seededRandom(7);
  const world = benchWorld(random);
  const file = createWriteStream(path);
  const sizes: number[] = [];
  for (let start = 0; start < conversationCount; start += conversationsPerPage) {
    const conversations = Array.from({ length: conversationsPerPage }, (_, index) =>
      benchConversation(random, world, firstStartMs + (start + index) * gapMs),
    );
    const page = Buffer.from(JSON.stringify({ conversations }));
    sizes.push(page.length);
    if (!file.write(page)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  return { path, sizes };
}

async function* pagesOf(pages: PageFile): AsyncGenerator<{ conversations: BenchRecord[] }, void, void> {
  const file = await open(pages.path);
  try {
    const buffer = Buffer.allocUnsafe(Math.max(...pages.sizes));
    for (const size of pages.sizes) {
      await file.read(buffer, 0, size);
      yield JSON.parse(buffer.toString('utf8', 0, size)) as { conversations: BenchRecord[] };
    }
  } finally {
    await file.close();
  }
}

/**
 * Batches of flattened conversations. `note` is put into the last segment of each, to make another version of it.
 * Yields to the event loop between conversations, as a stream that waits for its API does.
 */
export async function* batchesOf(
  pages: PageFile,
  batchSize: number,
  countMax: number,
  note?: string,
): AsyncGenerator<FlatConversation[], void, void> {
  let batch: FlatConversation[] = [];
  let count = 0;
  for await (const page of pagesOf(pages)) {
    for (const record of page.conversations) {
      if (note !== undefined) restate(record, note);
      batch.push(flatten(record));
      count += 1;
      if (count % conversationsPerTurn === 0) await nextTurn();
      if (batch.length === batchSize || count === countMax) {
        yield batch;
        batch = [];
      }
      if (count === countMax) return;
    }
  }
  if (batch.length > 0) yield batch;
}

interface BenchRecord {
  participants: { sessions: { segments: Record<string, unknown>[] }[] }[];
}

function restate(record: BenchRecord, note: string): void {
  const segment = record.participants.at(-1)?.sessions.at(-1)?.segments.at(-1);
  if (segment !== undefined) segment.wrapUpNote = note;
}
