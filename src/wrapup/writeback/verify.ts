import type { Communication } from '../../genesys/write-api.js';
import { ApiError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import type { Assignment, Outcome } from '../../model/assignment.js';
import { codeOf, compareWithCurrentCode } from './communication.js';
import type { ApplyParts } from './types.js';

/** Delays before each read, because 202 means accepted and not applied. The next run checks codes that take longer. */
const lookDelaysMs = [secondMs / 4, secondMs, 3 * secondMs] as const;

/** Reads the communication's code back, a few times; undefined while neither this nor another code is there. */
export async function readBack(
  parts: Pick<ApplyParts, 'api' | 'sleep'>,
  place: Communication,
  assignment: Assignment,
  signal: AbortSignal,
  delaysMs: readonly number[] = lookDelaysMs,
): Promise<Outcome | undefined> {
  for (const delayMs of delaysMs) {
    if (delayMs > 0) await parts.sleep(delayMs, signal);
    const answer = await parts.api.wrapup(place, { signal }).catch(ignoreRefusal);
    if (answer === undefined) return undefined;
    const outcome = outcomeOfCode(codeOf(answer.body), assignment, answer.correlationId);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** Returns the outcome; undefined where the code in Genesys leaves the assignment open. */
export function outcomeOfCode(
  currentCode: string | undefined,
  assignment: Assignment,
  correlationId: string | undefined,
): Outcome | undefined {
  const comparison = compareWithCurrentCode(currentCode, assignment);
  if (comparison === 'none') return undefined;
  const traced = correlationId === undefined ? {} : { correlationId };
  if (comparison === 'same') return { state: 'verified', reason: 'Genesys has the code.', ...traced };
  return {
    state: 'conflicted',
    reason: `Somebody else set the code ${currentCode} meanwhile; it stays.`,
    errorCode: 'code.set.meanwhile',
    ...traced,
  };
}

/**
 * Ignores a refused read: some communications can be written but not read, and only the next
 * extraction shows the result.
 */
function ignoreRefusal(error: unknown): undefined {
  const { status = 0 } = error instanceof ApiError ? error.facts : {};
  if (status === 400 || status === 403 || status === 404) return undefined;
  throw error;
}
