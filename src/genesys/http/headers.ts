import { secondMs } from '../../lib/interval.js';
import type { BudgetFacts } from '../request/budget.js';

export type Headers = Readonly<Record<string, string | undefined>>;

/** Returns the milliseconds of `Retry-After`, which is a number of seconds or an HTTP date. */
export function retryAfterMs(headers: Headers, wallMs: number): number | undefined {
  const value = headers['retry-after']?.trim();
  if (!value) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * secondMs);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - wallMs);
}

export function budgetFacts(headers: Headers, observedAtMs: number): BudgetFacts | undefined {
  const count = number(headers['inin-ratelimit-count']);
  const allowed = number(headers['inin-ratelimit-allowed']);
  const reset = number(headers['inin-ratelimit-reset']);
  if (count === undefined && allowed === undefined) return undefined;
  return {
    observedAtMs,
    ...(count !== undefined && { count }),
    ...(allowed !== undefined && { allowed }),
    ...(reset !== undefined && { resetMs: reset * secondMs }),
  };
}

function number(value: string | undefined): number | undefined {
  const parsed = value === undefined || value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(parsed) && parsed >= 0 ? parsed : undefined;
}
