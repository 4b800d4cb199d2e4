import type { JsonObject, World } from '../../world.js';
import { objects } from '../faults/record-faults.js';
import { dateMsOf } from '../intervals.js';

/** Names of a media type's communications in the conversation API; analytics says `voice`, it says `calls`. */
export const communicationKeys: Readonly<Record<string, string>> = {
  voice: 'calls',
  callback: 'callbacks',
  chat: 'chats',
  email: 'emails',
  message: 'messages',
  cobrowse: 'cobrowsesessions',
  screenshare: 'screenshares',
  video: 'videos',
  internalmessage: 'internalMessages',
  screenmonitoring: 'screenMonitorings',
};

const prompts: Readonly<Record<string, string>> = {
  MANDATORY: 'mandatory',
  OPTIONAL: 'optional',
  AGENT_REQUESTED: 'agentRequested',
  MANDATORY_TIMEOUT: 'timeout',
  MANDATORY_FORCED_TIMEOUT: 'forcedTimeout',
};

/** Renders the conversation as `GET /api/v2/conversations/{id}` shows it: other names than the analytics record, same ids. */
export function conversationView(record: JsonObject, world: World): JsonObject {
  const ended = record.conversationEnd !== undefined;
  return {
    id: record.conversationId ?? null,
    startTime: record.conversationStart ?? null,
    ...(ended ? { endTime: record.conversationEnd ?? null } : {}),
    participants: objects(record.participants).map((participant) => participantView(participant, world, ended)),
    divisions: (Array.isArray(record.divisionIds) ? record.divisionIds : []).map((id) => ({ division: { id } })),
    ...(record.externalTag === undefined ? {} : { externalTag: record.externalTag }),
    selfUri: `/api/v2/conversations/${String(record.conversationId)}`,
  };
}

function participantView(participant: JsonObject, world: World, ended: boolean): JsonObject {
  const sessions = objects(participant.sessions);
  const segments = sessions.flatMap((session) => objects(session.segments));
  const queueId = segments.map((segment) => segment.queueId).find((id) => id !== undefined);
  const starts = segments.map((segment) => String(segment.segmentStart)).sort();
  const ends = segments.map((segment) => segment.segmentEnd);
  const isOver = segments.length > 0 && ends.every((end) => end !== undefined);
  const view: JsonObject = {
    id: participant.participantId ?? null,
    ...(starts[0] === undefined ? {} : { startTime: starts[0] }),
    ...(isOver ? { endTime: ends.map(String).sort().at(-1) ?? null } : {}),
    purpose: participant.purpose ?? null,
    ...pick(participant, {
      participantName: 'name',
      userId: 'userId',
      externalContactId: 'externalContactId',
      attributes: 'attributes',
    }),
    ...(queueId === undefined ? {} : { queueId }),
    ...(participant.userId === undefined ? {} : promptOf(world, queueId)),
  };
  const wrapup = wrapupOf(segments);
  if (wrapup !== undefined) view.wrapup = wrapup;
  for (const session of sessions) {
    const key = communicationKeys[String(session.mediaType)] ?? 'calls';
    view[key] = [...objects(view[key]), communicationView(session, ended)];
  }
  return view;
}

function communicationView(session: JsonObject, ended: boolean): JsonObject {
  const segments = objects(session.segments);
  const wrapup = wrapupOf(segments);
  return {
    id: session.sessionId ?? null,
    state: stateOf(segments, ended),
    ...pick(session, { direction: 'direction', provider: 'provider', scriptId: 'scriptId', peerId: 'peerId' }),
    ...(wrapup === undefined ? {} : { wrapup }),
  };
}

const openStates: Readonly<Record<string, string>> = {
  alert: 'alerting',
  dialing: 'dialing',
  contacting: 'contacting',
  wrapup: 'disconnected',
};

/** A session in after-call work is disconnected already, and terminated when that is over. */
export function stateOf(segments: readonly JsonObject[], ended: boolean): string {
  const open = segments.findLast((segment) => segment.segmentEnd === undefined);
  if (open !== undefined) return openStates[String(open.segmentType)] ?? 'connected';
  return ended ? 'terminated' : 'disconnected';
}

function promptOf(world: World, queueId: unknown): JsonObject {
  const queue = world.directory.queues.find((candidate) => candidate.id === queueId);
  const settings = queue?.acwSettings as JsonObject | undefined;
  const prompt = prompts[String(settings?.wrapupPrompt)];
  if (prompt === undefined) return { wrapupRequired: false };
  const timeout = typeof settings?.timeoutMs === 'number' ? { wrapupTimeoutMs: settings.timeoutMs } : {};
  return { wrapupRequired: prompt !== 'optional' && prompt !== 'agentRequested', wrapupPrompt: prompt, ...timeout };
}

/** The code of the last coded wrap-up segment. */
export function wrapupOf(segments: readonly JsonObject[]): JsonObject | undefined {
  const coded = segments.findLast((segment) => segment.segmentType === 'wrapup' && segment.wrapUpCode !== undefined);
  if (coded === undefined) return undefined;
  const from = dateMsOf(String(coded.segmentStart));
  const to = dateMsOf(String(coded.segmentEnd));
  return {
    code: coded.wrapUpCode ?? null,
    ...pick(coded, { wrapUpNote: 'notes', wrapUpTags: 'tags', segmentEnd: 'endTime' }),
    ...(from === undefined || to === undefined ? {} : { durationSeconds: Math.round((to - from) / 1_000) }),
  };
}

function pick(source: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  const picked: JsonObject = {};
  for (const [from, to] of Object.entries(names)) {
    const value = source[from];
    if (value !== undefined) picked[to] = value;
  }
  return picked;
}
