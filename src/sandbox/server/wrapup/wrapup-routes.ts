import type { JsonObject } from '../../world.js';
import type { Core } from '../core.js';
import { codesOfQueue } from '../directory/directory-routes.js';
import { objects } from '../faults/record-faults.js';
import type { Answer } from '../http/answer.js';
import { empty, json } from '../http/answer.js';
import { ApiFault, badRequest, notAUser } from '../http/api-fault.js';
import type { Call, Permissions, Route } from '../http/router.js';
import { anyOf, jsonBody, noPermissions } from '../http/router.js';
import { communicationKeys, conversationView, stateOf, wrapupOf } from './conversation-view.js';
import type { Place, WrapupWriter } from './wrapup-writer.js';
import { createWrapupWriter } from './wrapup-writer.js';

const mayWrapUp = anyOf('conversation:participant:wrapup');
const mayChange = anyOf(
  'conversation:participant:wrapup',
  'conversation:call:record',
  'conversation:communication:disconnect',
);
/** Whose participants can be asked about as a whole; of the others only single communications. */
const wholeMedia = ['calls', 'callbacks', 'emails', 'messages', 'cobrowsesessions'];
const media = [...wholeMedia, 'screenshares', 'socials', 'videos'];
const base = '/api/v2/conversations';

export function wrapupRoutes(core: Core): Route[] {
  const writer = createWrapupWriter(core);
  const route = (
    method: string,
    path: string,
    operation: string,
    permissions: Permissions,
    handle: Route['handle'],
  ): Route => ({
    method,
    path: `${base}${path}`,
    operation,
    permissions,
    handle,
  });
  const one = '/{conversationId}/participants/{participantId}';
  return [
    route('GET', '/{conversationId}', 'conversation', anyOf('conversation:communication:view'), (call) =>
      json(conversationView(placeOf(core, call).record, core.world)),
    ),
    ...media.flatMap((name) => [
      route('POST', `/${name}${one}/communications/{communicationId}/wrapup`, 'wrapup write', mayWrapUp, (call) =>
        write(core, writer, placeOf(core, call, name), call),
      ),
      route('GET', `/${name}${one}/communications/{communicationId}/wrapup`, 'wrapup read', noPermissions, (call) =>
        read(writer, placeOf(core, call, name), call),
      ),
    ]),
    ...wholeMedia.flatMap((name) => [
      route('GET', `/${name}${one}/wrapup`, 'wrapup read', noPermissions, (call) =>
        read(writer, placeOf(core, call, name), call),
      ),
      route('GET', `/${name}${one}/wrapupcodes`, 'wrapup codes of participant', noPermissions, (call) =>
        codes(core, placeOf(core, call, name)),
      ),
      route('PATCH', `/${name}${one}`, 'participant update', mayChange, (call) => patch(core, writer, call, name)),
    ]),
    route('GET', `${one}/wrapup`, 'wrapup read', noPermissions, (call) => read(writer, placeOf(core, call), call)),
    route('GET', `${one}/wrapupcodes`, 'wrapup codes of participant', noPermissions, (call) =>
      codes(core, placeOf(core, call)),
    ),
    route('PATCH', one, 'participant update', mayChange, (call) => patch(core, writer, call, undefined)),
    route(
      'PATCH',
      '/aftercallwork/{conversationId}/participants/{participantId}/communications/{communicationId}',
      'after call work update',
      mayWrapUp,
      (call) => afterCallWork(placeOf(core, call), jsonBody(call)),
    ),
  ];
}

/** Finds conversation, participant and session, or refuses as the API does; `mediaName` keeps calls out of the e-mail endpoints. */
function placeOf(core: Core, call: Call, mediaName?: string): Place {
  const asOfMs = core.clock.asOfMs();
  const conversation = core.source.byId(call.params.conversationId ?? '', asOfMs);
  if (conversation === undefined)
    throw new ApiFault(404, 'conversation.error.conversation.not.found', 'The conversation does not exist.');
  const record = core.source.record(conversation, asOfMs, true);
  if (call.params.participantId === undefined) return { record, participant: undefined, session: undefined };
  const participant = objects(record.participants).find(
    (candidate) => candidate.participantId === call.params.participantId,
  );
  const sessions = objects(participant?.sessions).filter(
    (session) =>
      mediaName === undefined || mediaName === 'socials' || communicationKeys[String(session.mediaType)] === mediaName,
  );
  if (participant === undefined || sessions.length === 0)
    throw new ApiFault(
      404,
      'conversation.error.not.conversation.participant',
      'User is not a participant in the conversation.',
    );
  const { communicationId } = call.params;
  const session =
    communicationId === undefined
      ? sessions.at(-1)
      : sessions.find((candidate) => candidate.sessionId === communicationId);
  if (session === undefined)
    throw new ApiFault(404, 'not.found', `The communication ${communicationId} was not found.`);
  return { record, participant, session };
}

/** Accepted is not applied: the answer is 202 and empty either way. */
function write(core: Core, writer: WrapupWriter, place: Place, call: Call): Answer {
  if (core.options.wrapupWriters === 'users' && call.userId === undefined) throw notAUser();
  writer.write(place, jsonBody(call), call.counter);
  return empty(202);
}

function read(writer: WrapupWriter, place: Place, call: Call): Answer {
  const provisional = call.query.get('provisional') === 'true' ? writer.provisional(place) : undefined;
  return json(provisional ?? wrapupOf(objects(place.session?.segments)) ?? {});
}

/** A bare list, unlike every other listing. */
function codes(core: Core, place: Place): Answer {
  const queueId = objects(place.session?.segments)
    .map((segment) => segment.queueId)
    .find((id) => typeof id === 'string');
  const body = queueId === undefined ? [] : codesOfQueue(core, String(queueId));
  return { ...json({}), body: [Buffer.from(JSON.stringify(body))] };
}

/** Calls can only be changed by the user who is on them; the other endpoints do not ask for one. */
function patch(core: Core, writer: WrapupWriter, call: Call, mediaName: string | undefined): Answer {
  const place = placeOf(core, call, mediaName);
  if (mediaName === 'calls' && call.userId === undefined) throw notAUser();
  const body = jsonBody(call);
  const wrapup = body.wrapup;
  if (typeof wrapup === 'object' && wrapup !== null && !Array.isArray(wrapup))
    writer.write(place, wrapup, call.counter);
  else writer.checkActive(place);
  return empty(202);
}

function afterCallWork(place: Place, body: JsonObject): Answer {
  if (typeof body.afterCallWorkRequired !== 'boolean') throw badRequest('afterCallWorkRequired is required.');
  const isEnded = place.record.conversationEnd !== undefined;
  if (stateOf(objects(place.session?.segments), isEnded) !== 'connected')
    throw badRequest('After-call work can only be updated for connected communications.');
  return json({ afterCallWorkRequired: body.afterCallWorkRequired });
}
