import type { Json, JsonObject } from '../world.js';
import type { FlowFacts, SessionFacts } from './conversation-facts.js';
import { addFields, addValue } from './dimensions.js';
import type { Change, Measurement } from './fact-table.js';

type Add = (openedMs: number, changes: readonly (readonly Change[])[], measurements: readonly Measurement[]) => void;

/** Counted from the outcomes themselves, because the session's counts do not say which outcome they are of. */
const outcomeMetricNames: ReadonlySet<string> = new Set(['nFlowOutcome', 'nFlowOutcomeFailed', 'tFlowOutcome']);

/** Measurements of a session that belong to the flow aggregates and not to those of conversations. */
export const flowMetricNames: ReadonlySet<string> = new Set([
  'nFlow',
  'nFlowMilestone',
  'oFlowMilestone',
  'tFlow',
  'tFlowDisconnect',
  'tFlowExit',
  ...outcomeMetricNames,
]);

/** Fields that are known only at the end of a flow; the rest is known from the beginning. */
const fieldsOfTheEnd: ReadonlySet<string> = new Set([
  'endingLanguage',
  'exitReason',
  'recognitionFailureReason',
  'transferTargetAddress',
  'transferTargetName',
  'transferType',
]);

/** Adds a session's flow to the table: the flow itself, and each of its outcomes with the outcome's own dimensions. */
export function addFlow(add: Add, session: SessionFacts, flow: FlowFacts, wanted: ReadonlySet<string>): void {
  const changes = [...session.changes, flowChanges(session.openedMs, flow, wanted)];
  add(
    session.openedMs,
    changes,
    session.measurements.filter(({ name }) => flowMetricNames.has(name) && !outcomeMetricNames.has(name)),
  );
  if (!session.hasOutcomes || !Array.isArray(flow.json.outcomes)) return;
  for (const outcome of flow.json.outcomes) {
    const json = outcome as JsonObject;
    const own: Change[] = [];
    addFields(own, session.openedMs, json, wanted);
    add(session.openedMs, [...changes, own], outcomeMeasurements(flow, json));
  }
}

function flowChanges(openedMs: number, flow: FlowFacts, wanted: ReadonlySet<string>): Change[] {
  const changes: Change[] = [];
  for (const [name, value] of Object.entries(flow.json)) {
    if (name === 'outcomes' || value === null || typeof value === 'object') continue;
    addValue(changes, fieldsOfTheEnd.has(name) ? flow.ranMs : openedMs, name, String(value), wanted);
  }
  return changes;
}

/** The flow's end settles its outcomes; the time to reach one is complete when it is reached. */
function outcomeMeasurements(flow: FlowFacts, outcome: JsonObject): Measurement[] {
  const name = outcome.flowOutcomeValue === 'SUCCESS' ? 'nFlowOutcome' : 'nFlowOutcomeFailed';
  const found: Measurement[] = [{ name, atMs: flow.ranMs, value: 1 }];
  const startMs = timeOf(outcome.flowOutcomeStartTimestamp);
  const endMs = timeOf(outcome.flowOutcomeEndTimestamp);
  if (startMs !== undefined && endMs !== undefined)
    found.push({ name: 'tFlowOutcome', atMs: endMs, value: endMs - startMs });
  return found;
}

function timeOf(value: Json | undefined): number | undefined {
  return typeof value === 'string' ? Date.parse(value) : undefined;
}
