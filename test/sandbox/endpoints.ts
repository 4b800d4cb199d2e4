import type { JsonObject, World } from '../../src/sandbox/world.js';

/** Defines the calls of the table and the facts of the organisation that they need. */

export interface Row {
  /** Method of the SDK, e.g. `UsersApi.getUsers`. */
  readonly method: string;
  readonly args: (known: Known) => readonly unknown[];
  /** A refusal is an answer, too. */
  readonly status?: number;
  /** Notes what later rows need; ids of jobs and channels are known to nobody before. */
  readonly learn?: (body: JsonObject, known: Known) => void;
}

export interface Place {
  readonly conversationId: string;
  readonly participantId: string;
  readonly communicationId: string;
}

export interface Known {
  readonly queueId: string;
  readonly userIds: readonly string[];
  readonly code: string;
  /** A conversation that has ended, and one that is open. */
  readonly endedId: string;
  readonly openId: string;
  /** A session of an agent in an open conversation, by media type; a place that does not exist where there is none. */
  readonly places: Readonly<Record<string, Place>>;
  first(listing: keyof World['directory']): string;
  jobId: string;
  channelId: string;
}

/** A working day's late morning: calls, callbacks, e-mails and messages are open. */
export const now = new Date('2026-02-11T11:30:00Z');
export const dataFrom = new Date('2026-01-20T00:00:00Z');
export const organization = { seed: 11, agents: 40, conversationsPerDay: 300 };
const dayMs = 86_400_000;
/** An id that nothing has. */
export const none = '00000000-0000-4000-8000-000000000000';
/** Communications by the names that the SDK's methods give them, with their media types. */
export const communications = {
  Call: 'voice',
  Callback: 'callback',
  Email: 'email',
  Message: 'message',
  Cobrowsesession: 'cobrowse',
  Screenshare: 'screenshare',
  Social: 'message',
  Video: 'video',
};

/** Reads the facts of the organisation that the rows need. */
export function knownOf(world: World): Known {
  const queue = world.directory.queues.find(
    (one) => (world.directory.queueMembers.get(String(one.id)) ?? []).length > 0,
  );
  const open: JsonObject[] = [];
  for (let at = now.getTime() - (now.getTime() % dayMs) - 20 * dayMs; at <= now.getTime(); at += dayMs)
    for (const conversation of world.conversationsOfDay(at))
      if (conversation.startMs < now.getTime() && conversation.endMs > now.getTime())
        open.push(conversation.render(now.getTime(), false) as JsonObject);
  const [ended] = world.conversationsOfDay(Date.UTC(2026, 1, 10));
  return {
    queueId: String(queue?.id),
    userIds: world.directory.users.slice(0, 5).map((user) => String(user.id)),
    code: String(world.directory.wrapupCodes.find((code) => code.state !== 'deleted')?.id),
    endedId: String(ended?.id),
    openId: String(open[0]?.conversationId),
    places: Object.fromEntries(Object.values(communications).map((media) => [media, placeIn(open, media)])),
    first: (listing) => String((world.directory[listing] as readonly JsonObject[])[0]?.id),
    jobId: '',
    channelId: '',
  };
}

function placeIn(records: readonly JsonObject[], mediaType: string): Place {
  return (
    sessionIn(records, mediaType, isOpenSession) ??
    sessionIn(records, mediaType, () => true) ?? { conversationId: none, participantId: none, communicationId: none }
  );
}

const list = (object: JsonObject, key: string) => (object[key] as JsonObject[] | undefined) ?? [];
const isOpenSession = (session: JsonObject) => list(session, 'segments').some((one) => one.segmentEnd === undefined);

function sessionIn(
  records: readonly JsonObject[],
  mediaType: string,
  isWanted: (session: JsonObject) => boolean,
): Place | undefined {
  for (const record of records)
    for (const participant of list(record, 'participants'))
      for (const session of list(participant, 'sessions'))
        if (participant.userId !== undefined && session.mediaType === mediaType && isWanted(session))
          return {
            conversationId: String(record.conversationId),
            participantId: String(participant.participantId),
            communicationId: String(session.sessionId),
          };
  return undefined;
}
