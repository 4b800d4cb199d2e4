import type { Communication, CommunicationKind } from '../../genesys/write-api.js';
import { isSystemCode } from '../../model/agent-session.js';
import type { Assignment } from '../../model/assignment.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Media types for which a code can be set; the API has no endpoint for others (such as `chat`,
 * whose endpoints were removed).
 */
const kindOfMedia: Readonly<Record<string, CommunicationKind>> = {
  voice: 'calls',
  callback: 'callbacks',
  email: 'emails',
  message: 'messages',
  cobrowse: 'cobrowsesessions',
  screenshare: 'screenshares',
  video: 'videos',
};
/** Kinds with a different name in the conversation than in the address. */
const keyOfKind: Partial<Record<CommunicationKind, string>> = { socials: 'socialExpressions' };

export type Found =
  | { readonly place: Communication; readonly currentCode: string | undefined }
  | { readonly missing: 'medium' | 'participant' | 'communication' };

/** Finds the communication of an assignment in GET /api/v2/conversations/{id}, and its current code. */
export function findCommunication(conversation: Json, assignment: Assignment): Found {
  const kind = kindOfMedia[assignment.mediaType ?? ''];
  if (kind === undefined) return { missing: 'medium' };
  const participant = participantOf(objects(conversation.participants), assignment, kind);
  if (participant === undefined) return { missing: 'participant' };
  const communications = communicationsOf(participant, kind);
  const communication = communications.find(({ id }) => id === assignment.sessionId);
  if (communication === undefined) return { missing: 'communication' };
  const place: Communication = {
    kind,
    conversationId: assignment.conversationId,
    participantId: String(participant.id),
    communicationId: String(communication.id),
  };
  const { length: count } = allCommunications(participant);
  // The participant's code belongs to its only communication.
  const currentCode = codeOf(communication.wrapup) ?? (count === 1 ? codeOf(participant.wrapup) : undefined);
  return { place, currentCode };
}

/**
 * Finds the participant by id, or by its communication's id, because reprocessing may change the
 * former and keep the latter.
 */
function participantOf(participants: readonly Json[], assignment: Assignment, kind: CommunicationKind) {
  const byId = participants.find(({ id }) => id === assignment.participantId);
  return (
    byId ??
    participants.find(
      (participant) =>
        participant.userId === assignment.userId &&
        communicationsOf(participant, kind).some(({ id }) => id === assignment.sessionId),
    )
  );
}

function communicationsOf(participant: Json, kind: CommunicationKind): Json[] {
  return objects(participant[keyOfKind[kind] ?? kind]);
}

function allCommunications(participant: Json): Json[] {
  return [...new Set(Object.values(kindOfMedia))].flatMap((kind) => communicationsOf(participant, kind));
}

/** Returns the code of a Wrapup or an AssignedWrapupCode; a provisional one does not count. */
export function codeOf(wrapup: unknown): string | undefined {
  if (typeof wrapup !== 'object' || wrapup === null) return undefined;
  const { code, provisional } = wrapup as Json;
  return typeof code === 'string' && code !== '' && provisional !== true ? code : undefined;
}

/** Compares a code found in Genesys with the one that an assignment sets. */
export function compareWithCurrentCode(
  currentCode: string | undefined,
  assignment: Assignment,
): 'same' | 'different' | 'none' {
  if (currentCode === undefined) return 'none';
  if (currentCode === assignment.wrapupCode) return 'same';
  // A rule may replace the code that it evaluated; every later one was set by a person.
  return isSystemCode(currentCode) || currentCode === assignment.previousCode ? 'none' : 'different';
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}
