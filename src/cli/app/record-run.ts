import { resolveStart } from '../../config/parse-time.js';
import type { SyncContext, SyncSummary } from '../../engine/sync.js';
import type { ApiStats } from '../../genesys/api.js';
import { asError, OutageError } from '../../lib/errors.js';
import { formatInterval, secondMs } from '../../lib/interval.js';
import type { Log } from '../../lib/log.js';
import { withLogContext } from '../../lib/log-context.js';
import { version } from '../../lib/version.js';
import { clearOutage, keepOutage } from '../../postgres/ledger/outage.js';
import { keepPrivacyPolicy } from '../../postgres/ledger/privacy-policy.js';
import { type ApiBudget, beginRun, endRun } from '../../postgres/ledger/runs.js';
import { analyzeTables } from '../../postgres/schema/analyze-tables.js';
import { createWarehouse } from '../../postgres/warehouse.js';
import { confirmFromExtract } from '../../postgres/wrapup/sending.js';
import { formatPrivacy } from '../../privacy/policy.js';
import { allStreams, selectStreams } from '../../streams/catalog.js';
import { conversationMemory } from '../../streams/conversations/page-reader.js';
import { type CommandContext, exitDone, exitFailure } from './command.js';
import { errorFacts } from './error-text.js';
import { reportHeldSlices, strangersAmong } from './held-slices.js';
import { type OpenedWithApi, syncClock } from './open.js';
import { settleOrganization } from './organization.js';
import { outageOf } from './outage.js';

const errorsShownMax = 10;
const readAheadFactor = 2;
const readAheadSlicesMax = 64;

/** Builds the engine's context from the opened database and API. */
export function syncContext(
  context: CommandContext,
  opened: OpenedWithApi,
  streamNames: readonly string[],
): SyncContext {
  const { now } = opened.clock;
  const warehouse = createWarehouse(opened.pool, now);
  const memory = conversationMemory();
  return {
    ledger: warehouse,
    streams: selectStreams(
      allStreams(opened.api, { granularity: opened.config.granularity, memory }),
      streamNames,
      opened.config.streams,
    ),
    start: resolveStart(opened.config.start, now()),
    timeZone: opened.config.timeZone,
    concurrency: opened.config.concurrency,
    readAhead: { slicesMax: () => slicesOpenMax(opened), memory: memory.gate },
    now,
    signal: context.signal,
    log: opened.log,
    openConversationIds: warehouse.openConversationIds,
    userIds: warehouse.userIds,
  };
}

/** Besides the slices with a request in flight, about as many wait for their turn, for their job or to be stored. */
function slicesOpenMax({ api, config }: OpenedWithApi): number {
  return Math.min(readAheadSlicesMax, config.concurrency + readAheadFactor * api.requestsAtOnce());
}

export interface RunOptions {
  /** A run that added dead letters ends with exit status 1. */
  readonly failsOnDeadLetters?: boolean;
}

/**
 * Runs `work` as one row of `extract.runs`, whose id is in each log line; logs the outcome and
 * turns it into the exit status.
 */
export async function recordRun(
  command: string,
  context: CommandContext,
  opened: OpenedWithApi,
  work: () => Promise<SyncSummary>,
  options: RunOptions = {},
): Promise<number> {
  const runId = await beginRun(opened.pool, command, version, context.now());
  return withLogContext({ run: runId }, () => recordedRun(runId, command, context, opened, work, options));
}

async function recordedRun(
  runId: string,
  command: string,
  context: CommandContext,
  opened: OpenedWithApi,
  work: () => Promise<SyncSummary>,
  options: RunOptions,
): Promise<number> {
  const before = opened.api.stats();
  let summary: SyncSummary | undefined;
  let failure: unknown;
  try {
    await syncClock(opened);
    await settleOrganization(opened);
    await keepPrivacyPolicy(opened.pool, formatPrivacy(opened.config.privacy));
    summary = await work();
    await confirmFromExtract(opened.pool, { now: context.now(), actor: command, states: ['sent'] });
    await clearOutage(opened.pool);
    await refreshStatistics(opened, context.signal);
  } catch (error) {
    failure = outageOf(error) ?? error;
  }
  const exitStatus = failure === undefined && isDone(summary as SyncSummary, options) ? exitDone : exitFailure;
  const lastError = failure === undefined ? (summary?.failures[0]?.result.message ?? null) : asError(failure).message;
  const budget = budgetSince(before, opened, context.now());
  const end = { ...totals(summary), requests: budget.requests, exitStatus, lastError };
  await recordEnd(opened, context, failure, () => endRun(opened.pool, runId, end, budget, context.now()));
  if (failure !== undefined) throw failure;
  report(command, context, opened.log, summary as SyncSummary, budget.requests);
  return exitStatus;
}

/** A failure is only logged, because the data is stored. */
async function refreshStatistics({ pool, log }: OpenedWithApi, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  try {
    const tables = await analyzeTables(pool, signal);
    if (tables > 0) log.debug({ tables }, 'Statistics refreshed');
  } catch (error) {
    log.warn(errorFacts(error), 'Statistics could not be refreshed; the next run retries');
  }
}

/**
 * Records the end of a run. Where the database is unavailable that fails too, and the first error
 * is the one to show.
 */
async function recordEnd(
  { pool, log }: OpenedWithApi,
  context: CommandContext,
  failure: unknown,
  record: () => Promise<void>,
): Promise<void> {
  const outage = failure instanceof OutageError ? failure : undefined;
  if (outage?.of === 'database') return;
  try {
    if (outage !== undefined) await keepOutage(pool, { at: context.now(), reason: outage.message });
    await record();
  } catch (error) {
    log.warn({ reason: asError(error).message }, 'The run could not be recorded');
  }
}

function isDone({ failures, held, deadLetters }: SyncSummary, { failsOnDeadLetters }: RunOptions): boolean {
  if (failsOnDeadLetters === true && deadLetters > 0) return false;
  return failures.length === 0 && strangersAmong(held).length === 0;
}

/** Returns what one run used of the budget: the scheduler's client serves many runs, so this is a difference. */
function budgetSince(before: ApiStats, { api }: OpenedWithApi, now: Date): ApiBudget {
  const after = api.stats();
  return {
    requests_per_minute: after.allowance,
    requests: after.requests - before.requests,
    retries: after.retries - before.retries,
    refused: after.status429 - before.status429,
    waited_seconds: Math.round((after.throttledMs - before.throttledMs) / secondMs),
    seen_at: now.toISOString(),
  };
}

function totals(summary: SyncSummary | undefined) {
  return {
    pages: summary?.pages ?? 0,
    records: summary?.records ?? 0,
    changedRecords: summary?.changedRecords ?? 0,
    deadLetters: summary?.deadLetters ?? 0,
  };
}

function report(command: string, context: CommandContext, log: Log, summary: SyncSummary, requests: number): void {
  const { failures, deferred, held, ...counts } = summary;
  const facts = { ...counts, requests, failed: failures.length, notYet: deferred.length };
  if (context.signal.aborted) log.warn(facts, `${command} interrupted; remaining slices stay pending`);
  else if (failures.length > 0) log.error(facts, `${command} ended with ${failures.length} failed slices`);
  else log.info(facts, `${command} done`);
  for (const { stream, interval, result } of failures.slice(0, errorsShownMax)) {
    log.error({ stream, interval: formatInterval(interval) }, `${stream}: ${result.message}`);
  }
  if (failures.length > errorsShownMax)
    log.error(`… and ${failures.length - errorsShownMax} more; see genesys-warehouse status`);
  if (counts.deadLetters > 0)
    log.warn(
      { deadLetters: counts.deadLetters },
      'Records could not be stored and became dead letters; genesys-warehouse status says why',
    );
  reportHeldSlices(held, log);
}
