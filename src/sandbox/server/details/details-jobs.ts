import type { JsonObject } from '../../world.js';
import type { Core } from '../core.js';
import type { Answer } from '../http/answer.js';
import { empty, json, pieces } from '../http/answer.js';
import { ApiFault, badRequest, notFound, tooManyRequests } from '../http/api-fault.js';
import type { Call, Route } from '../http/router.js';
import { anyOf, jsonBody } from '../http/router.js';
import { idOf } from '../ids.js';
import { withoutMillis } from '../intervals.js';
import { conversationsDocument } from './conversation-pages.js';
import { detailPermissions } from './details-query.js';
import type { DetailsQuery } from './result-sets.js';
import { parseDetailsQuery } from './result-sets.js';

type State = 'QUEUED' | 'PENDING' | 'FULFILLED' | 'FAILED' | 'CANCELLED' | 'EXPIRED';

interface Job {
  readonly id: string;
  readonly query: DetailsQuery;
  readonly submittedMs: number;
  readonly submittedMachineMs: number;
  /** The instant the snapshot was taken at: nothing later is in it, however long the results are read. */
  readonly asOfMs: number;
  readonly fails: boolean;
  readonly expiresEarly: boolean;
  cancelled: boolean;
  pagesRead: number;
}

const jobsMax = 1_000;
const pageSizeMax = 1_000;
const pageSizeDefault = 100;
const queuedShare = 0.3;
const retryAfterSeconds = 2;
const base = '/api/v2/analytics/conversations/details/jobs';

export function detailsJobRoutes(core: Core): Route[] {
  const jobs = new Map<string, Job>();
  const at = (call: Call): Job => {
    const job = jobs.get(call.params.jobId ?? '');
    if (job === undefined) throw notFound(`The job ${call.params.jobId}`);
    return job;
  };
  const route = (
    method: string,
    path: string,
    operation: string,
    handle: Route['handle'],
    permissions = detailPermissions,
  ): Route => ({
    method,
    path: `${base}${path}`,
    operation: `conversations details job${operation}`,
    permissions,
    handle,
  });
  return [
    route('POST', '', ' submit', (call) => submit(core, jobs, call)),
    route(
      'GET',
      '/availability',
      's availability',
      () => json({ dataAvailabilityDate: withoutMillis(availabilityMs(core)) }),
      anyOf('analytics:conversationDetail:view'),
    ),
    route('GET', '/{jobId}', ' status', (call) => status(core, at(call))),
    route('GET', '/{jobId}/results', ' results', (call) => results(core, at(call), call)),
    route('DELETE', '/{jobId}', ' delete', (call) => remove(core, jobs, at(call))),
  ];
}

/** Everything before this instant is in the data lake. Whole seconds, as the API gives it. */
export function availabilityMs(core: Core): number {
  return Math.floor((core.clock.asOfMs() - core.options.availabilityLagMs) / 1_000) * 1_000;
}

function submit(core: Core, jobs: Map<string, Job>, call: Call): Answer {
  const query = parseDetailsQuery(jsonBody(call), 'active');
  const running = [...jobs.values()].filter((job) => isRunning(stateOf(core, job))).length;
  if (running >= core.options.jobsConcurrentMax) throw tooManyRequests(retryAfterSeconds);
  const job: Job = {
    id: idOf(core.options.seed, 'details job', call.counter),
    query,
    submittedMs: core.clock.nowMs(),
    submittedMachineMs: core.machineMs(),
    asOfMs: Math.min(core.clock.asOfMs(), availabilityMs(core)),
    fails: core.faults.strikes('failJobs', call.counter) !== undefined,
    expiresEarly: core.faults.strikes('expireJobs', call.counter) !== undefined,
    cancelled: false,
    pagesRead: 0,
  };
  jobs.set(job.id, job);
  if (jobs.size > jobsMax) jobs.delete(jobs.keys().next().value as string);
  return json({ jobId: job.id }, 202);
}

/** Whichever is longer of what the client waited and what the organisation's clock moved, so that a fixed clock cannot hold a job forever. */
function ageMs(core: Core, job: Job): number {
  return Math.max(core.clock.nowMs() - job.submittedMs, core.machineMs() - job.submittedMachineMs);
}

function stateOf(core: Core, job: Job): State {
  const age = ageMs(core, job);
  const { jobDurationMs, jobExpiryMs } = core.options;
  if (job.cancelled) return 'CANCELLED';
  if (age < jobDurationMs * queuedShare) return 'QUEUED';
  if (age < jobDurationMs) return 'PENDING';
  if (job.fails) return 'FAILED';
  if (age >= jobDurationMs + jobExpiryMs || (job.expiresEarly && job.pagesRead > 0)) return 'EXPIRED';
  return 'FULFILLED';
}

function isRunning(state: State): boolean {
  return state === 'QUEUED' || state === 'PENDING';
}

function status(core: Core, job: Job): Answer {
  const state = stateOf(core, job);
  const { jobDurationMs, jobExpiryMs } = core.options;
  const doneMs = job.submittedMs + jobDurationMs;
  const body: JsonObject = { state };
  if (state === 'FAILED') body.errorMessage = 'The query could not be completed.';
  if (!isRunning(state)) body.expirationDate = new Date(doneMs + jobExpiryMs).toISOString();
  body.submissionDate = new Date(job.submittedMs).toISOString();
  if (!isRunning(state) && state !== 'CANCELLED') body.completionDate = new Date(doneMs).toISOString();
  return json(body, isRunning(state) ? 202 : 200);
}

function results(core: Core, job: Job, call: Call): Answer {
  const state = stateOf(core, job);
  if (state === 'EXPIRED' || state === 'CANCELLED') throw notFound(`The results of job ${job.id}`);
  if (state !== 'FULFILLED')
    throw new ApiFault(400, 'bad.request', `The job ${job.id} has no results: its state is ${state}.`);
  const found = core.results.find(job.query, job.asOfMs);
  const offset = offsetOf(call.query.get('cursor'), job);
  const end = pageEnd(core, found.length, offset, sizeOf(call), job, call);
  job.pagesRead += 1;
  const rest: Record<string, string> = { dataAvailabilityDate: withoutMillis(job.asOfMs) };
  if (end < found.length) rest.cursor = cursorOf(job, nextOffset(core, offset, end, job));
  return pieces(conversationsDocument(core, found.slice(offset, end), job.asOfMs, true, rest, call.counter));
}

function sizeOf(call: Call): number {
  const asked = call.query.get('pageSize');
  if (asked === null) return pageSizeDefault;
  const size = Number(asked);
  if (!Number.isInteger(size) || size < 1) throw badRequest('The page size must be a whole number from 1.');
  return Math.min(size, pageSizeMax);
}

function pageEnd(core: Core, total: number, offset: number, size: number, job: Job, call: Call): number {
  const short = core.faults.strikes('shortPages', call.counter) !== undefined;
  const end = Math.min(total, offset + (short ? Math.ceil(size / 2) : size));
  if (core.source.pageOf === undefined || end >= total) return end;
  // Records from files keep their pages: a page ends where the file does.
  const found = core.results.find(job.query, job.asOfMs);
  const file = core.source.pageOf(found[offset] as (typeof found)[number]);
  const next = found.findIndex((conversation, i) => i > offset && core.source.pageOf?.(conversation) !== file);
  return next < 0 ? end : Math.min(next, end);
}

/** A repeated record is only possible where the page has another one, else reading would never end. */
function nextOffset(core: Core, offset: number, end: number, job: Job): number {
  const repeats =
    end - offset > 1 && core.faults.strikes('duplicateAcrossPages', `${job.query.key}|${end}`) !== undefined;
  return repeats ? end - 1 : end;
}

function cursorOf(job: Job, offset: number): string {
  return Buffer.from(`${job.id}:${offset}`).toString('base64url');
}

function offsetOf(cursor: string | null, job: Job): number {
  if (cursor === null || cursor === '') return 0;
  const [id, offset] = Buffer.from(cursor, 'base64url').toString('utf8').split(':');
  if (id !== job.id || !/^\d+$/.test(offset ?? '')) throw badRequest('The cursor is not valid for this job.');
  return Number(offset);
}

function remove(core: Core, jobs: Map<string, Job>, job: Job): Answer {
  if (isRunning(stateOf(core, job))) job.cancelled = true;
  else jobs.delete(job.id);
  return empty(204);
}
