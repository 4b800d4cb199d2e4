import pLimit from 'p-limit';
import type { GenesysApi } from '../../genesys/api.js';
import { sleepFor } from '../../lib/abort.js';
import { ApiError, DeferredError } from '../../lib/errors.js';
import { dayMs, earlier, hourMs, minuteMs, plus, secondMs } from '../../lib/interval.js';
import type { Page, Slice, SliceContext, Stream, StreamContext } from '../../model/extraction.js';
import { backfillLengthMs } from './backfill-length.js';
import { jobLimitsFallback, jobLimitsReader } from './job-limits.js';
import { conversationMemory, PageReader } from './page-reader.js';
import { RepeatedCursors } from './repeated-cursors.js';

/**
 * Page size that public extractors are known to use; a page may be shorter, and only a missing
 * cursor ends the results.
 */
const pageSize = 1_000;
const pagesMax = 10_000;
const pollDelayMsMin = secondMs;
const pollDelayMsMax = 10 * secondMs;
const pollsMax = 200;
const availabilityRetryMs = 30 * minuteMs;
const availabilityKeptMs = 5 * minuteMs;

/** Identifies where a killed pull resumes: inside the same job. */
interface JobCursor {
  readonly jobId: string;
  readonly fulfilled: boolean;
  readonly next: string | null;
}

/**
 * Details jobs, one slice per UTC day: everything that was active in it, with participant
 * attributes. The passes catch what Genesys attaches or restates later: nightly reprocessing from
 * 48 hours on, surveys and evaluations within days and weeks.
 */
export function conversationHistoryStream(api: GenesysApi, memory = conversationMemory()): Stream {
  const reader = new PageReader(memory);
  const jobs = pLimit(jobLimitsFallback.jobsAtOnceMax);
  const limits = jobLimitsReader(api);
  const submissions = pacer(limits);
  const availability = availabilityReader(api);
  return {
    name: 'conversation_history',
    kind: 'interval',
    priority: 2,
    isDefault: true,
    isRecordWise: true,
    lagMs: 0,
    repassAgesMs: [dayMs, 3 * dayMs, 8 * dayMs, 31 * dayMs],
    sliceLengthMs: () => dayMs,
    backfillLengthMs: (range, context) => backfillLengthMs(api, range, context),
    sliceLengthMsMin: hourMs,
    pages: (slice, context) => pages({ api, reader, jobs, limits, submissions, availability }, slice, context),
  };
}

interface Parts {
  readonly api: GenesysApi;
  readonly reader: PageReader;
  readonly jobs: ReturnType<typeof pLimit>;
  readonly limits: ReturnType<typeof jobLimitsReader>;
  /** Resolves when a job may be submitted, with how many may run. */
  readonly submissions: (context: StreamContext) => Promise<number>;
  readonly availability: (context: StreamContext) => Promise<Date>;
}

async function* pages(parts: Parts, slice: Slice, context: SliceContext): AsyncGenerator<Page, void, void> {
  let cursor = slice.cursor as JobCursor | null;
  if (cursor === null) {
    // Concurrently: where responses take seconds, the first job of a run would wait for both.
    const [available] = await Promise.all([parts.availability(context), parts.limits(context)]);
    if (available < slice.interval.to) throw notAvailable(slice, available, context.now());
    parts.jobs.concurrency = await parts.submissions(context);
    cursor = yield* inTurn(parts.jobs, newJob(parts.api, slice, available, context));
  } else if (!cursor.fulfilled) {
    const { jobId } = cursor;
    await parts.jobs(() => waitForJob(parts.api, jobId, context));
  }
  yield* results(parts, cursor, context);
}

/**
 * Submits a job, records it in the ledger as soon as its id is known, and waits until it is done:
 * until then it counts as running.
 */
async function* newJob(
  api: GenesysApi,
  slice: Slice,
  available: Date,
  context: StreamContext,
): AsyncGenerator<Page, JobCursor, void> {
  const answer = await api.submitDetailsJob({ interval: slice.interval, order: 'asc' }, callOptions(context));
  const cursor = { jobId: answer.body.jobId, fulfilled: false, next: null };
  yield { asOf: earlier(available, answer.requestedAt), cursor, batches: [], rejects: [], recordCount: 0 };
  await waitForJob(api, cursor.jobId, context);
  return cursor;
}

/** Yields from the source, which starts when its turn comes; the turn lasts until the source ends or is abandoned. */
async function* inTurn<T, R>(
  turns: ReturnType<typeof pLimit>,
  source: AsyncGenerator<T, R, void>,
): AsyncGenerator<T, R, void> {
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
    return yield* source;
  } finally {
    end();
  }
}

/** Spaces submissions so that they do not exceed the API's limit. */
function pacer(limits: Parts['limits']): (context: StreamContext) => Promise<number> {
  const inTurn = pLimit(1);
  let lastMs = Number.NEGATIVE_INFINITY;
  return (context) =>
    inTurn(async () => {
      const { jobsAtOnceMax, submitDelayMsMin } = await limits(context);
      const waitMs = lastMs + submitDelayMsMin - performance.now();
      if (waitMs > 0) await sleepFor(waitMs, context.signal);
      lastMs = performance.now();
      return jobsAtOnceMax;
    });
}

async function waitForJob(api: GenesysApi, jobId: string, context: StreamContext): Promise<void> {
  for (let polls = 0; polls < pollsMax; polls += 1) {
    const { body } = await api.detailsJobStatus(jobId, callOptions(context));
    if (body.state === 'FULFILLED') return;
    if (['FAILED', 'CANCELLED', 'EXPIRED'].includes(body.state)) throw jobEnded(jobId, body.state, body.errorMessage);
    await sleepFor(Math.min(pollDelayMsMax, pollDelayMsMin * 2 ** Math.min(polls, 8)), context.signal);
  }
  throw new DeferredError(
    `Details job ${jobId} is still running; will check again later.`,
    plus(context.now(), 10 * minuteMs),
  );
}

async function* results(
  { api, reader }: Parts,
  cursor: JobCursor,
  context: SliceContext,
): AsyncGenerator<Page, void, void> {
  let next = cursor.next;
  const cursors = new RepeatedCursors();
  for (let count = 0; count < pagesMax; count += 1) {
    const page = { pageSize, ...(next === null ? {} : { cursor: next }) };
    const read = await reader.read(callOptions(context), context, (call) =>
      api.detailsJobResults(cursor.jobId, page, call),
    );
    const { body, requestedAt } = read.answer;
    const available = parseDate(body.dataAvailabilityDate);
    const asOf = available === null ? requestedAt : earlier(available, requestedAt);
    next = body.cursor ?? null;
    const at = { jobId: cursor.jobId, fulfilled: true, next };
    yield read.page({ asOf, cursor: { ...at } });
    if (next === null) return;
    if (cursors.isEndless(next)) throw endless(cursor.jobId);
  }
  throw new Error(`Details job ${cursor.jobId} gave more than ${pagesMax} pages of results.`);
}

const callOptions = (context: StreamContext) => ({ signal: context.signal, priority: 1 });

/**
 * Reads the availability date. It only moves forward, so one request serves every slice before it,
 * and it lags by hours, so frequent requests are pointless.
 */
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

function notAvailable(slice: Slice, available: Date, now: Date): DeferredError {
  const until = slice.interval.to.toISOString();
  return new DeferredError(
    `Genesys' data lake has data until ${available.toISOString()}, the slice needs it until ${until}.`,
    plus(now, availabilityRetryMs),
  );
}

function endless(jobId: string): ApiError {
  return new ApiError(`The results of details job ${jobId} do not end: a cursor came for the third time.`, {
    action: 'restart',
    operation: 'conversations details job results',
  });
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
