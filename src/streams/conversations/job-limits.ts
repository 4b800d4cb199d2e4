import pLimit from 'p-limit';
import type { GenesysApi, JsonObject } from '../../genesys/api.js';
import { ApiError, apiOutage } from '../../lib/errors.js';
import { dayMs, secondMs } from '../../lib/interval.js';
import type { StreamContext } from '../../model/extraction.js';

export interface JobLimits {
  /** Details jobs of this process that may run at once. */
  readonly jobsAtOnceMax: number;
  /** Delay between submissions. */
  readonly submitDelayMsMin: number;
}

/** Applies where the API does not report limits: neither number is documented, and these were never refused. */
export const jobLimitsFallback: JobLimits = { jobsAtOnceMax: 2, submitDelayMsMin: 0.5 * secondMs };

const namespace = 'analytics';
const concurrentKey = 'details.jobs.concurrent.access.max';
const rateKey = 'details.jobs.rate.per.second';
/** Share of the organization's concurrent jobs that is used; the rest is for its other programs. */
const share = 0.5;
/** More jobs would only wait for their results to be read, and expire. */
const jobsAtOnceMost = 10;
/** Genesys' support changes limits occasionally. */
const keptMs = dayMs;

/** Reads GET /api/v2/organizations/limits/namespaces/analytics once a day; falls back to a constant for limits it does not report. */
export function jobLimitsReader(api: GenesysApi): (context: StreamContext) => Promise<JobLimits> {
  let known: { readonly limits: JobLimits; readonly readAt: Date } | undefined;
  const inTurn = pLimit(1);
  return (context) =>
    inTurn(async () => {
      if (known !== undefined && context.now().getTime() - known.readAt.getTime() < keptMs) return known.limits;
      known = { limits: await read(api, context), readAt: context.now() };
      return known.limits;
    });
}

async function read(api: GenesysApi, context: StreamContext): Promise<JobLimits> {
  try {
    const { body } = await api.limits(namespace, { signal: context.signal, priority: 1 });
    const limits = jobLimitsOf(body);
    context.log.debug(limits, 'Limits of details jobs');
    return limits;
  } catch (error) {
    // Missing limits, or a missing permission to read them, must not fail a slice.
    if (!(error instanceof ApiError) || apiOutage(error) !== undefined || context.signal.aborted) throw error;
    context.log.debug({ reason: error.message, ...jobLimitsFallback }, 'The limits of details jobs cannot be read');
    return jobLimitsFallback;
  }
}

/** Parses the response's `entities`, each with `key` and `value`. */
export function jobLimitsOf(body: JsonObject): JobLimits {
  const concurrent = limitIn(body, concurrentKey);
  const perSecond = limitIn(body, rateKey);
  return {
    jobsAtOnceMax:
      concurrent === undefined
        ? jobLimitsFallback.jobsAtOnceMax
        : Math.min(jobsAtOnceMost, Math.max(1, Math.floor(concurrent * share))),
    submitDelayMsMin:
      perSecond === undefined ? jobLimitsFallback.submitDelayMsMin : Math.ceil(secondMs / (perSecond * share)),
  };
}

function limitIn(body: JsonObject, key: string): number | undefined {
  const entities = Array.isArray(body.entities) ? (body.entities as unknown[]) : [];
  for (const entity of entities) {
    const { key: found, value } = (entity ?? {}) as { readonly key?: unknown; readonly value?: unknown };
    if (found === key && typeof value === 'number' && value > 0) return value;
  }
  return undefined;
}
