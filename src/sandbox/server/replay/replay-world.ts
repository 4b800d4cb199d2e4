import { dayMs } from '../../../lib/interval.js';
import type { Directory, Json, JsonObject, SimulatedConversation, World, WorldOptions } from '../../world.js';
import { objects } from '../faults/record-faults.js';
import { dateMsOf, dayStartOf } from '../intervals.js';

export interface RecordedRecord {
  readonly conversation: SimulatedConversation;
  readonly fileNo: number;
}

const openEndMs = Date.UTC(9999, 0, 1);
const instants = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;

export function isRecord(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof value.conversationId === 'string' &&
    (value.participants !== undefined || value.conversationStart !== undefined)
  );
}

/** A recording knows only one state of a conversation, so that is what it was at any time. */
export function recordedConversation(record: JsonObject, fileNo: number): RecordedRecord {
  const startMs = startOf(record);
  const endMs = dateMsOf(String(record.conversationEnd)) ?? openEndMs;
  const plain = withoutAttributes(record);
  const conversation: SimulatedConversation = {
    id: String(record.conversationId),
    startMs,
    endMs: Math.max(startMs, endMs),
    settledMs: startMs,
    changesMs: [startMs],
    render: (_asOfMs, withAttributes) => (withAttributes ? record : plain),
  };
  return { conversation, fileNo };
}

/** Recordings with a broken start are worth serving too: any other instant in them says where they belong. */
function startOf(record: JsonObject): number {
  const stated = dateMsOf(String(record.conversationStart));
  if (stated !== undefined) return stated;
  const found = (JSON.stringify(record).match(instants) ?? []).map(dateMsOf).filter((at) => at !== undefined);
  return found.length === 0 ? 0 : Math.min(...found);
}

function withoutAttributes(record: JsonObject): JsonObject {
  if (!Array.isArray(record.participants)) return record;
  const participants = objects(record.participants).map(({ attributes: _attributes, ...participant }) => participant);
  return { ...record, participants };
}

export function recordedWorld(records: readonly RecordedRecord[], options: WorldOptions): World {
  const byDay = new Map<number, SimulatedConversation[]>();
  const byId = new Map<string, SimulatedConversation>();
  const inOrder = records
    .map((record) => record.conversation)
    .sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1));
  for (const conversation of inOrder) {
    const day = dayStartOf(conversation.startMs);
    byDay.set(day, [...(byDay.get(day) ?? []), conversation]);
    byId.set(conversation.id, conversation);
  }
  return {
    options,
    directory: emptyDirectory,
    lifetimeMsMax: Math.max(dayMs, ...inOrder.map((conversation) => conversation.endMs - conversation.startMs)),
    conversationsOfDay: (dayStartMs) => byDay.get(dayStartMs) ?? [],
    conversationById: (id) => byId.get(id),
  };
}

const emptyDirectory: Directory = {
  organization: {
    id: '00000000-0000-4000-8000-000000000001',
    name: 'Recorded organization',
    version: 1,
    state: 'active',
  },
  divisions: [],
  queues: [],
  users: [],
  wrapupCodes: [],
  queueWrapupCodes: new Map(),
  queueMembers: new Map(),
  skills: [],
  languages: [],
  presences: [],
  teams: [],
  groups: [],
  flows: [],
  flowOutcomes: [],
  locations: [],
  campaigns: [],
  contactLists: [],
  evaluationForms: [],
  surveyForms: [],
};
