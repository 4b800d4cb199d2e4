import { hourMs } from '../../lib/interval.js';
import type { Assignment } from '../../model/assignment.js';
import { findCommunication } from './communication.js';
import type { ApplyParts } from './types.js';
import { type Done, lostAnswer, outcomeBefore, readConversation, settled } from './write-one.js';

/** Time after which an accepted code that cannot be read back counts as never applied. */
const applyMsMax = hourMs;

/**
 * Reviews an assignment that an earlier run sent, or was about to send when it ended. It is sent
 * again only if Genesys' response is unknown (no `correlationId`) and the code is not there.
 */
export async function reviewOne(parts: ApplyParts, assignment: Assignment, signal: AbortSignal): Promise<Done> {
  const read = await readConversation(parts, assignment, signal);
  if ('state' in read) return read;
  const outcome = outcomeBefore(findCommunication(read.body, assignment), assignment, read);
  if (outcome !== undefined) return settled(parts, assignment, outcome);
  if (assignment.correlationId === null) return settled(parts, assignment, lostAnswer(assignment, parts.now()));
  if (isOverdue(assignment, parts.now())) return settled(parts, assignment, neverApplied);
  return { state: 'accepted', isAsked: false, isWritten: false, isCredentialError: false };
}

function isOverdue({ sentAt }: Assignment, now: Date): boolean {
  return sentAt === null || now.getTime() - sentAt.getTime() > applyMsMax;
}

const neverApplied = {
  state: 'rejected',
  reason: 'Genesys accepted the code (202) but never applied it; reports use the code of the rule.',
  errorCode: 'never.applied',
} as const;
