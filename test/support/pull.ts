import { createLog } from '../../src/lib/log.js';
import type { IntervalBatch, Page, Slice, SliceContext, SpanBatch, Stream } from '../../src/model/extraction.js';

export interface PullOptions {
  readonly now: Date;
  readonly pass?: number;
  readonly cursor?: Slice['cursor'];
  readonly userIds?: readonly string[];
  /** Ids of conversations that are stored as open, in order. */
  readonly openIds?: readonly string[];
  /** Lines of the log, as JSON. */
  readonly log?: string[];
}

export function streamContext(options: PullOptions): SliceContext {
  const destination = { write: (line: string) => options.log?.push(line) };
  return {
    now: () => options.now,
    signal: new AbortController().signal,
    openConversationIds: async (after, limit) =>
      (options.openIds ?? []).filter((id) => after === null || id > after).slice(0, limit),
    userIds: async () => options.userIds ?? [],
    erase: (record) => record,
    log: createLog({ level: 'info', terminal: false, destination }),
  };
}

/** All pages of one pass over an interval, `2026-01-05T00:00Z/2026-01-06T00:00Z`. */
export async function pull(stream: Stream, interval: string, options: PullOptions): Promise<Page[]> {
  const [from = '', to = ''] = interval.split('/');
  const slice: Slice = {
    sliceId: '1',
    stream: stream.name,
    interval: { from: new Date(from), to: new Date(to) },
    pass: options.pass ?? 0,
    cursor: options.cursor ?? null,
    attempts: 0,
  };
  const pages: Page[] = [];
  for await (const page of stream.pages(slice, streamContext(options))) pages.push(page);
  return pages;
}

export function batchesOf(pages: readonly Page[]): readonly (IntervalBatch | SpanBatch)[] {
  return pages.flatMap((page) => page.batches.filter((batch) => batch.kind === 'interval' || batch.kind === 'spans'));
}
