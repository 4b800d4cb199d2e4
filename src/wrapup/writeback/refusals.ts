import { assignmentOperations } from '../../genesys/endpoints/wrapup-endpoints.js';
import type { ApiError } from '../../lib/errors.js';
import type { Assignment, Outcome } from '../../model/assignment.js';

interface Refusal {
  readonly code?: string | RegExp;
  readonly status?: number;
  readonly sentence: (error: ApiError, assignment: Assignment) => string;
  /** True if the credentials are the cause, so that every assignment would be refused. */
  readonly isCredentialError?: boolean;
}

/** The first match applies. Only responses from Genesys itself, with one of its codes, are looked up here. */
const refusals: readonly Refusal[] = [
  {
    code: 'not.a.user',
    isCredentialError: true,
    sentence: () =>
      'Genesys takes this code only from a user who is logged in, not from client credentials; run "genesys-warehouse wrapup login".',
  },
  {
    code: 'conversation.error.participant.no.active.conversations',
    sentence: () =>
      'The conversation is over for this agent, and Genesys sets no code after that; reports use the code of the rule.',
  },
  {
    code: 'conversation.error.forbidden.not.active.participant',
    sentence: () =>
      'Genesys accepts codes only for active participants of the conversation, and this agent no longer is one; reports use the code of the rule.',
  },
  { code: /^missing\.(any\.)?permissions$/, isCredentialError: true, sentence: missingPermission },
  { code: 'not.authorized', isCredentialError: true, sentence: missingPermission },
  { status: 403, sentence: missingPermission },
  {
    code: 'conversation.error.conversation.not.found',
    sentence: () => 'Genesys no longer has the conversation; reports use the code of the rule.',
  },
  {
    code: 'conversation.error.not.conversation.participant',
    sentence: () => 'Genesys does not have the agent as a participant of the conversation.',
  },
  { status: 404, sentence: () => "Genesys does not find the agent's communication in the conversation." },
  {
    code: /^(conversation\.error\.wrapup\.code\.required|invalid\.value)$/,
    sentence: (_error, { wrapupName }) =>
      `Genesys does not accept the code ${wrapupName}: it may be deleted or not be on the queue; see "genesys-warehouse wrapup check" and "wrapup ensure-codes".`,
  },
  {
    status: 409,
    sentence: () => 'Somebody else changed the conversation at the same moment, repeatedly; nothing was written.',
  },
  { sentence: (error) => `Genesys refused it: ${error.message}` },
];

/** Statuses about the caller (expired login, time-out, too early, too many requests), not about the assignment. */
const aboutTheCaller: readonly number[] = [401, 408, 425, 429];
const sentenceLengthMax = 1_000;

/** Returns the effect of a refusal on an assignment, and whether the next one would fail as well. */
export function refusalOf(error: ApiError, assignment: Assignment): { outcome: Outcome; isCredentialError: boolean } {
  const { status, code, correlationId } = error.facts;
  const found = refusals.find((refusal) => fits(refusal, status, code)) as Refusal;
  const outcome: Outcome = {
    state: 'rejected',
    reason: found.sentence(error, assignment).slice(0, sentenceLengthMax),
    ...(code !== undefined && { errorCode: code }),
    ...(correlationId !== undefined && { correlationId }),
  };
  return { outcome, isCredentialError: found.isCredentialError === true };
}

/**
 * Returns true if Genesys itself refused, so that nothing was changed. A response of something in
 * between, or none, does not count.
 */
export function isRefusal(error: ApiError): boolean {
  const { status = 0, code, operation } = error.facts;
  const isAboutAssignment = assignmentOperations.includes(operation) && !aboutTheCaller.includes(status);
  return isAboutAssignment && status >= 400 && status < 500 && code !== undefined;
}

function fits(refusal: Refusal, status: number | undefined, code: string | undefined): boolean {
  if (refusal.status !== undefined && refusal.status !== status) return false;
  if (refusal.code === undefined) return true;
  return typeof refusal.code === 'string' ? refusal.code === code : refusal.code.test(code ?? '');
}

/** Permissions have the shape `domain:entity:action`; Genesys names those that are missing only in its message. */
function missingPermission(error: ApiError): string {
  const found = [...new Set(error.message.match(/\b[a-z][\w-]*:[\w*-]+:[\w*-]+/gi) ?? [])].join(', ');
  return found === ''
    ? 'The write credentials may not do this; check their roles and divisions in Genesys Cloud.'
    : `The write credentials lack the permission ${found}; add it to a role of the client or user in Genesys Cloud (Admin, Roles / Permissions).`;
}
