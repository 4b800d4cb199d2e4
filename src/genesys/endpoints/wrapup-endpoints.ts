import type { CallOptions } from '../api.js';
import type { SdkApis } from '../http/sdk.js';
import type { Caller } from '../request/caller.js';
import type { Operation } from '../request/operation.js';
import type { Communication, CommunicationKind, GenesysWriteApi, NewWrapupCode, WrapupInput } from '../write-api.js';

type WriteOperations = Omit<GenesysWriteApi, Extract<keyof GenesysWriteApi, `list${string}`> | 'stats' | 'close'>;
type Ids = readonly [conversationId: string, participantId: string, communicationId: string];
type Conversations = SdkApis['conversations'];

const readConversation = reading('conversation');
const readWrapup: Operation = { ...reading('wrapup of communication'), isEmptyAllowed: true };
const writeWrapup: Operation = { ...writing('wrapup write'), isEmptyAllowed: true };
const createCode = writing('routing wrapupcode creation');
const addCodes: Operation = {
  ...writing('routing queue wrapupcodes addition'),
  isEmptyAllowed: true,
  isListAllowed: true,
};
const readMe = reading('users me');
const readOrganization = reading('organization');

export const writeOperationName = writeWrapup.name;
/** Operations that concern one assignment, as errors name them; a login error concerns all assignments. */
export const assignmentOperations: readonly string[] = [readConversation, readWrapup, writeWrapup].map(
  ({ name }) => name,
);
export const codesPerAdditionMax = 100;

export function createWriteOperations(caller: Caller): WriteOperations {
  return {
    conversation: (id, call) => caller.call(readConversation, (apis) => apis.conversations.getConversation(id), call),
    wrapup: (place, call) =>
      caller.call(readWrapup, (apis) => readers[place.kind](apis.conversations, idsOf(place)), call),
    setWrapup: (place, input, call) =>
      caller.call(writeWrapup, (apis) => writers[place.kind](apis.conversations, idsOf(place), input), call),
    createWrapupCode: (code, call) =>
      caller.call(createCode, (apis) => apis.routing.postRoutingWrapupcodes(codeBody(code)), call),
    addQueueWrapupCodes: (queueId, codeIds, call) => addQueueCodes(caller, queueId, codeIds, call),
    organization: (call) => caller.call(readOrganization, (apis) => apis.organization.getOrganizationsMe(), call),
    me: (call) => caller.call(readMe, (apis) => apis.users.getUsersMe(), call),
  };
}

async function addQueueCodes(caller: Caller, queueId: string, codeIds: readonly string[], call?: CallOptions) {
  if (codeIds.length < 1 || codeIds.length > codesPerAdditionMax)
    throw new RangeError(`1 to ${codesPerAdditionMax} codes, not ${codeIds.length}.`);
  const body = codeIds.map((id) => ({ id }));
  return caller.call(addCodes, (apis) => apis.routing.postRoutingQueueWrapupcodes(queueId, body), call);
}

const readers: Readonly<Record<CommunicationKind, (api: Conversations, ids: Ids) => Promise<unknown>>> = {
  calls: (api, ids) => api.getConversationsCallParticipantCommunicationWrapup(...ids),
  callbacks: (api, ids) => api.getConversationsCallbackParticipantCommunicationWrapup(...ids),
  emails: (api, ids) => api.getConversationsEmailParticipantCommunicationWrapup(...ids),
  messages: (api, ids) => api.getConversationsMessageParticipantCommunicationWrapup(...ids),
  cobrowsesessions: (api, ids) => api.getConversationsCobrowsesessionParticipantCommunicationWrapup(...ids),
  screenshares: (api, ids) => api.getConversationsScreenshareParticipantCommunicationWrapup(...ids),
  socials: (api, ids) => api.getConversationsSocialParticipantCommunicationWrapup(...ids),
  videos: (api, ids) => api.getConversationsVideoParticipantCommunicationWrapup(...ids),
};

// The body goes inside the options: these methods have no parameter for it.
const writers: Readonly<
  Record<CommunicationKind, (api: Conversations, ids: Ids, body: WrapupInput) => Promise<unknown>>
> = {
  calls: (api, ids, body) => api.postConversationsCallParticipantCommunicationWrapup(...ids, { body }),
  callbacks: (api, ids, body) => api.postConversationsCallbackParticipantCommunicationWrapup(...ids, { body }),
  emails: (api, ids, body) => api.postConversationsEmailParticipantCommunicationWrapup(...ids, { body }),
  messages: (api, ids, body) => api.postConversationsMessageParticipantCommunicationWrapup(...ids, { body }),
  cobrowsesessions: (api, ids, body) =>
    api.postConversationsCobrowsesessionParticipantCommunicationWrapup(...ids, { body }),
  screenshares: (api, ids, body) => api.postConversationsScreenshareParticipantCommunicationWrapup(...ids, { body }),
  socials: (api, ids, body) => api.postConversationsSocialParticipantCommunicationWrapup(...ids, { body }),
  videos: (api, ids, body) => api.postConversationsVideoParticipantCommunicationWrapup(...ids, { body }),
};

function idsOf(place: Communication): Ids {
  return [place.conversationId, place.participantId, place.communicationId];
}

function codeBody({ name, divisionId, description }: NewWrapupCode) {
  return { name, ...(divisionId && { division: { id: divisionId } }), ...(description && { description }) };
}

function reading(name: string): Operation {
  return { name, kind: 'other', isWriter: true };
}

function writing(name: string): Operation {
  return { name, kind: 'other', isWriter: true, isNonIdempotent: true };
}
