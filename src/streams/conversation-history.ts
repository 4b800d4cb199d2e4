import pLimit from 'p-limit';
import { ApiError, NotYetError } from '../errors.js';
import type { GenesysApi } from '../genesys/api.js';
import { dayMs, earlier, hourMs, minuteMs, plus, secondMs } from '../interval.js';
import type { Page, Slice, Stream, StreamContext } from '../protocol.js';
import { conversationPage } from './records.js';

/** What public extractors are known to get; a page may be shorter, only the missing cursor ends the results. */
const pageSize = 1_000;
const pagesMax = 10_000;
/** Genesys bounds the jobs that run at once, by a number it does not document; two were never refused. */
const jobsAtOnceMax = 2;
/** Results are read of one job at a time: a page is megabytes, and another job's would double what is held without being stored any sooner. */
const downloadsAtOnceMax = 1;
const pollDelayMsMin = secondMs;
const pollDelayMsMax = 10 * secondMs;
const pollsMax = 200;
const availabilityRetryMs = 30 * minuteMs;
const availabilityKeptMs = 5 * minuteMs;

/** Where a killed pull goes on: inside the same job. */
interface JobCursor {
  readonly jobId: string;
  readonly fulfilled: boolean;
  readonly next: string | null;
}

/**
 * Details jobs, a slice a UTC day: everything that was active in it, with participant attributes. The passes catch what Genesys attaches
 * or restates later: nightly reprocessing from 48 hours on, surveys and evaluations within days and weeks.
 */
export function conversationHistoryStream(api: GenesysApi): Stream {
  const jobs = pLimit(jobsAtOnceMax);
  const downloads = pLimit(downloadsAtOnceMax);
  const availability = availabilityReader(api);
  return {
    name: 'conversation_history',
    kind: 'interval',
    priority: 2,
    isDefault: true,
    lagMs: 0,
    repassAgesMs: [dayMs, 3 * dayMs, 8 * dayMs, 31 * dayMs],
    sliceLengthMs: () => dayMs,
    sliceLengthMsMin: hourMs,
    pages: (slice, context) => pages({ api, jobs, downloads, availability }, slice, context),
  };
}

interface Parts {
  readonly api: GenesysApi;
  readonly jobs: ReturnType<typeof pLimit>;
  readonly downloads: ReturnType<typeof pLimit>;
  readonly availability: (context: StreamContext) => Promise<Date>;
}

async function* pages(parts: Parts, slice: Slice, context: StreamContext): AsyncGenerator<Page, void, void> {
  let cursor = slice.cursor as JobCursor | null;
  if (cursor === null) {
    const available = await parts.availability(context);
    if (available < slice.interval.to) throw notAvailable(slice, available, context.now());
    const job = await parts.jobs(() => submit(parts.api, slice, context));
    cursor = { jobId: job.jobId, fulfilled: false, next: null };
    yield emptyPage(cursor, earlier(available, job.requestedAt));
  }
  if (!cursor.fulfilled) {
    const { jobId } = cursor;
    await parts.jobs(() => waitForJob(parts.api, jobId, context));
  }
  yield* inTurn(parts.downloads, results(parts.api, cursor, context));
}

/** The source, begun when its turn comes; the turn lasts until the source ends or is given up. */
async function* inTurn<T>(
  turns: ReturnType<typeof pLimit>,
  source: AsyncGenerator<T, void, void>,
): AsyncGenerator<T, void, void> {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  await new Promise<void>((begin) => {
    void turns(() => {
      begin();
      return ended;
    });
  });
  try {
    yield* source;
  } finally {
    end();
  }
}

async function submit(api: GenesysApi, slice: Slice, context: StreamContext) {
  const answer = await api.submitDetailsJob({ interval: slice.interval, order: 'asc' }, callOptions(context));
  return { jobId: answer.body.jobId, requestedAt: answer.requestedAt };
}

async function waitForJob(api: GenesysApi, jobId: string, context: StreamContext): Promise<void> {
  for (let polls = 0; polls < pollsMax; polls += 1) {
    const { body } = await api.detailsJobStatus(jobId, callOptions(context));
    if (body.state === 'FULFILLED') return;
    if (['FAILED', 'CANCELLED', 'EXPIRED'].includes(body.state)) throw jobEnded(jobId, body.state, body.errorMessage);
    await sleep(Math.min(pollDelayMsMax, pollDelayMsMin * 2 ** Math.min(polls, 8)), context.signal);
  }
  throw new NotYetError(
    `Details job ${jobId} is still running; it is looked at again later.`,
    plus(context.now(), 10 * minuteMs),
  );
}

async function* results(api: GenesysApi, cursor: JobCursor, context: StreamContext): AsyncGenerator<Page, void, void> {
  let next = cursor.next;
  for (let count = 0; count < pagesMax; count += 1) {
    const page = { pageSize, ...(next === null ? {} : { cursor: next }) };
    const answer = await api.detailsJobResults(cursor.jobId, page, callOptions(context));
    const { body } = answer;
    const available = parseDate(body.dataAvailabilityDate);
    const asOf = available === null ? answer.requestedAt : earlier(available, answer.requestedAt);
    next = body.cursor ?? null;
    const at = { jobId: cursor.jobId, fulfilled: true, next };
    yield conversationPage(body.conversations ?? [], { asOf, cursor: { ...at } });
    if (next === null) return;
  }
  throw new Error(`Details job ${cursor.jobId} gave more than ${pagesMax} pages of results.`);
}

function emptyPage(cursor: JobCursor, asOf: Date): Page {
  return { asOf, cursor: { ...cursor }, batches: [], rejects: [], recordCount: 0 };
}

const callOptions = (context: StreamContext) => ({ signal: context.signal, priority: 1 });

/** The date only moves forward, so one look serves every slice before it; the lag is hours, so looking often is waste. */
function availabilityReader(api: GenesysApi): (context: StreamContext) => Promise<Date> {
  let known: { readonly available: Date; readonly readAt: Date } | undefined;
  const limit = pLimit(1);
  return (context) =>
    limit(async () => {
      if (known !== undefined && context.now().getTime() - known.readAt.getTime() < availabilityKeptMs)
        return known.available;
      const { body } = await api.detailsAvailability(callOptions(context));
      const available = parseDate(body.dataAvailabilityDate);
      if (available === null)
        throw new Error(`Genesys gave no readable dataAvailabilityDate: ${String(body.dataAvailabilityDate)}`);
      known = { available, readAt: context.now() };
      return available;
    });
}

function notAvailable(slice: Slice, available: Date, now: Date): NotYetError {
  const until = slice.interval.to.toISOString();
  return new NotYetError(
    `Genesys' data lake has data until ${available.toISOString()}, the slice needs it until ${until}.`,
    plus(now, availabilityRetryMs),
  );
}

function jobEnded(jobId: string, state: string, message: string | undefined): ApiError {
  const why = message === undefined ? '' : `: ${message}`;
  return new ApiError(`Details job ${jobId} ended as ${state}${why}.`, {
    action: 'restart',
    operation: 'conversations details job',
    code: state,
  });
}

function parseDate(text: string | undefined): Date | null {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? null : date;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
