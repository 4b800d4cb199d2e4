import type { ApiAnswer } from '../../genesys/api.js';
import { writeOperationName } from '../../genesys/endpoints/wrapup-endpoints.js';
import type { Communication } from '../../genesys/write-api.js';
import { ApiError, DeferredError, UsageError } from '../../lib/errors.js';
import { minuteMs, plus } from '../../lib/interval.js';
import type { Assignment, Outcome } from '../../model/assignment.js';
import { type Found, findCommunication } from './communication.js';
import { isRefusal, refusalOf } from './refusals.js';
import type { ApplyParts } from './types.js';
import { outcomeOfCode, readBack } from './verify.js';

/** Result of one assignment. `isCredentialError`: the next one would be refused as well. */
export interface Done {
  /** `accepted`: still `sent`. `left`: another process moved the row, so nothing was done. */
  readonly state: Outcome['state'] | 'accepted' | 'left';
  /** True if a call to set the code was made, whatever its result. */
  readonly isAsked: boolean;
  /** True if Genesys accepted it, as far as is known. */
  readonly isWritten: boolean;
  readonly isCredentialError: boolean;
}

const repeatMs = 2 * minuteMs;
/** Attempts of an assignment that each met a concurrent change or a lost response. */
export const attemptsMax = 5;
/** Genesys always gives an id; a gateway may drop the header. */
const noCorrelationId = 'none';

const missingSentences = {
  medium: 'Genesys has no way to set a code for this media type; reports use the code of the rule.',
  participant: 'The agent is no longer a participant of the conversation in Genesys.',
  communication: "The agent's communication is no longer part of the conversation in Genesys.",
} as const;

/**
 * Writes a claimed, proposed assignment to Genesys: reads the conversation, sends the code unless
 * somebody has set one since, and reads it back. Every important step is recorded in the ledger
 * before or right after it, so that reading back resolves a crash anywhere. Throws errors that
 * concern the run and not this assignment; the row then records what is known.
 */
export async function writeOne(parts: ApplyParts, assignment: Assignment, signal: AbortSignal): Promise<Done> {
  const read = await readConversation(parts, assignment, signal);
  if ('state' in read) return read;
  const found = findCommunication(read.body, assignment);
  const early = outcomeBefore(found, assignment, read);
  if (early !== undefined || !('place' in found)) return settled(parts, assignment, early as Outcome);
  signal.throwIfAborted();
  if (!(await parts.store.beginSending(assignment.assignmentId))) return left;
  return send(parts, assignment, found.place, signal);
}

async function send(parts: ApplyParts, assignment: Assignment, place: Communication, signal: AbortSignal) {
  const input = { code: assignment.wrapupCode, ...(assignment.note !== null && { notes: assignment.note }) };
  try {
    const answer = await parts.api.setWrapup(place, input, { signal });
    await parts.store.markAccepted(assignment.assignmentId, answer.correlationId ?? noCorrelationId);
  } catch (error) {
    return afterFailure(parts, assignment, place, error, signal);
  }
  const outcome = await readBack(parts, place, assignment, signal);
  return outcome === undefined ? accepted : { ...(await settled(parts, assignment, outcome)), ...written };
}

/** Distinguishes failures: refused by Genesys, certainly not sent, or sent with the response lost. */
async function afterFailure(
  parts: ApplyParts,
  assignment: Assignment,
  place: Communication,
  error: unknown,
  signal: AbortSignal,
): Promise<Done> {
  if (error instanceof ApiError && isRefusal(error))
    return { ...(await refused(parts, assignment, error)), isAsked: true };
  if (error instanceof DeferredError) {
    await settled(parts, assignment, postponed('Genesys asked to wait before further writes.', error.notBefore));
    throw error;
  }
  // Aborted by the end of the run: the next run finds out whether it arrived.
  if (signal.aborted) throw error;
  if (isCertainlyUnsent(error)) {
    await settled(parts, assignment, postponed('It was not sent, because the run ended.', parts.now()));
    throw error;
  }
  if (!(error instanceof ApiError)) throw error;
  const outcome = await readBack(parts, place, assignment, signal);
  return { ...(await settled(parts, assignment, outcome ?? lostAnswer(assignment, parts.now()))), ...written };
}

export function lostAnswer({ attempts, sentAt }: Pick<Assignment, 'attempts' | 'sentAt'>, now: Date): Outcome {
  if (attempts >= attemptsMax)
    return {
      state: 'rejected',
      reason: `The response of Genesys was lost ${attempts} times and the code never appeared; reports use the code of the rule.`,
      errorCode: 'answer.lost',
    };
  const reason = 'The response of Genesys was lost and the code does not appear; it is read back and sent again.';
  return { ...postponed(reason, plus(sentAt ?? now, repeatMs)), errorCode: 'answer.lost' };
}

/** Returns the current conversation, or the outcome of the assignment where Genesys refuses to return it. */
export async function readConversation(
  parts: ApplyParts,
  assignment: Assignment,
  signal: AbortSignal,
): Promise<ApiAnswer | Done> {
  try {
    return await parts.api.conversation(assignment.conversationId, { signal });
  } catch (error) {
    if (error instanceof ApiError && isRefusal(error)) return refused(parts, assignment, error);
    throw error;
  }
}

export function outcomeBefore(found: Found, assignment: Assignment, { correlationId }: ApiAnswer): Outcome | undefined {
  if ('place' in found) return outcomeOfCode(found.currentCode, assignment, correlationId);
  const traced = correlationId === undefined ? {} : { correlationId };
  const errorCode = `${found.missing}.missing`;
  return { state: 'rejected', reason: missingSentences[found.missing], errorCode, ...traced };
}

async function refused(parts: ApplyParts, assignment: Assignment, error: ApiError): Promise<Done> {
  const { outcome, isCredentialError } = refusalOf(error, assignment);
  const isConcurrent = error.facts.status === 409 && assignment.attempts < attemptsMax;
  if (!isConcurrent) return { ...(await settled(parts, assignment, outcome)), isCredentialError };
  const reason = 'Somebody else changed the conversation at the same moment; it is read again and retried.';
  const again = { ...outcome, ...postponed(reason, plus(parts.now(), repeatMs)) };
  return settled(parts, assignment, again);
}

export async function settled(parts: ApplyParts, assignment: Assignment, outcome: Outcome): Promise<Done> {
  const isDone = await parts.store.settle(assignment.assignmentId, outcome);
  return { ...left, state: isDone ? outcome.state : 'left' };
}

function postponed(reason: string, retryAt: Date): Outcome {
  return { state: 'proposed', reason, retryAt };
}

/**
 * Returns true if the login failed, the token was refused or something in between refused, so that
 * Genesys never received the code.
 */
function isCertainlyUnsent(error: unknown): boolean {
  if (error instanceof UsageError) return true;
  if (!(error instanceof ApiError)) return false;
  const { status = 0, operation } = error.facts;
  return operation !== writeOperationName || (status >= 400 && status < 500 && status !== 408);
}

const left: Done = { state: 'left', isAsked: false, isWritten: false, isCredentialError: false };
const written = { isAsked: true, isWritten: true };
const accepted: Done = { ...left, ...written, state: 'accepted' };
