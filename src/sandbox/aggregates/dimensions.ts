import type { Json, JsonObject } from '../world.js';
import type { Change } from './fact-table.js';

/** Kept for every day, because most queries group or filter by some of them. Others are read from the events when asked for. */
export const usualDimensions: readonly string[] = [
  'queueId',
  'userId',
  'mediaType',
  'wrapUpCode',
  'direction',
  'originatingDirection',
  'divisionId',
  'purpose',
  'teamId',
  'disconnectType',
  'messageType',
];

/** Besides, kept of every flow. */
export const usualFlowDimensions: readonly string[] = [
  'flowId',
  'flowName',
  'flowType',
  'flowVersion',
  'exitReason',
  'transferType',
  'flowOutcomeId',
  'flowOutcomeValue',
];

/** Fields with several values are asked for by the name of one. */
const dimensionOfList: Readonly<Record<string, string>> = {
  activeSkillIds: 'activeSkillId',
  destinationAddresses: 'destinationAddress',
  divisionIds: 'divisionId',
  knowledgeBaseIds: 'knowledgeBaseId',
  removedSkillIds: 'removedSkillId',
  requestedRoutings: 'requestedRouting',
  requestedRoutingSkillIds: 'requestedRoutingSkillId',
  waitingInteractionCounts: 'waitingInteractionCount',
};

/** Adds what the fields say about the wanted dimensions. The queue is left out: it has a rule of its own. */
export function addFields(changes: Change[], atMs: number, fields: JsonObject, wanted: ReadonlySet<string>): void {
  for (const name in fields) {
    const dimension = dimensionOfList[name] ?? name;
    if (dimension === 'queueId' || !wanted.has(dimension)) continue;
    changes.push({ atMs, dimension, value: textOf(fields[name]) });
  }
}

export function addValue(
  changes: Change[],
  atMs: number,
  dimension: string,
  value: string | undefined,
  wanted: ReadonlySet<string>,
): void {
  if (value !== undefined && wanted.has(dimension)) changes.push({ atMs, dimension, value });
}

function textOf(value: Json | undefined): string | readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value) ? value.map(String) : String(value);
}
