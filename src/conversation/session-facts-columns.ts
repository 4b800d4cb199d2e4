/** Columns of `genesys.session_facts`, in the order of the table, described like `record-schema.ts`. */
import type { FieldType } from '../values/columns.js';
import type { TableShape } from './record-schema.js';

/** Column stem → the metric with the total of a leg, and the metric per part that replaces it where records lack the total. */
export const timerNames = {
  handle: ['tHandle'],
  talk: ['tTalkComplete', 'tTalk'],
  held: ['tHeldComplete', 'tHeld'],
  acw: ['tAcw'],
  alert: ['tAlert'],
  notResponding: ['tNotResponding'],
  dialing: ['tDialing'],
  contacting: ['tContacting'],
  park: ['tParkComplete', 'tPark'],
  answered: ['tAnswered'],
  acd: ['tAcd'],
  abandon: ['tAbandon'],
  shortAbandon: ['tShortAbandon'],
  flowOut: ['tFlowOut'],
  voicemail: ['tVoicemail'],
  ivr: ['tIvr'],
  agentResponse: ['tAgentResponseTime'],
  userResponse: ['tUserResponseTime'],
} as const satisfies Record<string, readonly [string, string?]>;

/** Column stem → the count metric whose values are summed. */
export const countNames = {
  offered: 'nOffered',
  connected: 'nConnected',
  overSla: 'nOverSla',
  transferred: 'nTransferred',
  blindTransferred: 'nBlindTransferred',
  consultTransferred: 'nConsultTransferred',
  consult: 'nConsult',
  outbound: 'nOutbound',
  outboundAttempted: 'nOutboundAttempted',
  outboundConnected: 'nOutboundConnected',
  outboundAbandoned: 'nOutboundAbandoned',
  error: 'nError',
} as const;

const times = ['startedAt', 'endedAt', 'connectedAt', 'handledAt', 'conversationEnd', 'callbackScheduledTime'] as const;
const numbers = [
  'agentSessionCount',
  'answerParticipantNo',
  'answerSessionNo',
  'answerMs',
  'answerOverSlaCount',
  'wrapupCount',
] as const;
const ids = [
  'participantId',
  'sessionId',
  'userId',
  'teamId',
  'queueId',
  'peerId',
  'outboundCampaignId',
  'answerUserId',
] as const;
const flags = [
  'isAgentSession',
  'isQueueLeg',
  'isFirstQueue',
  'isLastQueue',
  'isConnected',
  'isDialed',
  'isTransferred',
  'isAlertOnly',
  'isSupervision',
  'isOpen',
  'isWrapupOpen',
  'hasVoicemail',
  'hasWrapupNote',
  'acwSkipped',
] as const;
const texts = [
  'purpose',
  'mediaType',
  'direction',
  'messageType',
  'flowOutType',
  'originatingDirection',
  'lastWrapupCode',
  'lastRealWrapupCode',
  'lastDisconnectType',
  'connectedDisconnectType',
] as const;

type TimerKey = `${keyof typeof timerNames}${'Ms' | 'Count'}`;
type CountKey = `${keyof typeof countNames}Count`;
/** Divisions that may see the session. Lists come last, so that no column has to be located after them. */
const lists = ['divisionIds'] as const;

type PlainKey =
  | (typeof times)[number]
  | (typeof numbers)[number]
  | (typeof ids)[number]
  | (typeof flags)[number]
  | (typeof texts)[number]
  | (typeof lists)[number];
export type FactKey = PlainKey | TimerKey | CountKey;

/**
 * Lists the columns in order. Grouping columns come before sums: to read a column, Postgres walks over all columns before it, and reports
 * read the grouping columns of every session.
 */
function fields(): Record<FactKey, FieldType> {
  const entries: [string, FieldType][] = [];
  for (const key of times) entries.push([key, 'time']);
  for (const key of numbers) entries.push([key, 'bigint']);
  for (const key of ids) entries.push([key, 'uuid']);
  for (const key of flags) entries.push([key, 'boolean']);
  for (const key of texts) entries.push([key, 'text']);
  for (const stem of Object.keys(countNames)) entries.push([`${stem}Count`, 'bigint']);
  for (const stem of Object.keys(timerNames)) entries.push([`${stem}Ms`, 'bigint'], [`${stem}Count`, 'bigint']);
  for (const key of lists) entries.push([key, 'texts']);
  return Object.fromEntries(entries) as Record<FactKey, FieldType>;
}

/** Written by the loader like any other relation of the record: the key is (conversation_start, conversation_id) and the positions. */
export const sessionFactsShape: TableShape & { readonly fields: Readonly<Record<FactKey, FieldType>> } = {
  relation: 'session_facts',
  positions: ['participant_no', 'session_no'],
  fields: fields(),
  lists: {},
  objects: {},
};

export const factKeys = Object.keys(sessionFactsShape.fields) as readonly FactKey[];
