import { objects } from '../../src/sandbox/server/faults/record-faults.js';
import type { SimulatedWorld } from '../../src/sandbox/world/index.js';
import type { JsonObject } from '../../src/sandbox/world.js';
import { add, dayMs, type Figures, textOf } from './figures.js';

/** Purposes whose sessions meet a queue only later, when what they measured is past: their measurements have none. */
const beforeQueues = new Set(['customer', 'external', 'outbound', 'dialer']);

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

export interface CountedFigures {
  /** One for each grouping. */
  readonly figures: readonly Figures[];
  /** Metrics that fell into the span. */
  readonly metricCount: number;
}

/** The official rule applied to conversation records: a metric counts in the interval of its `emitDate`. */
export function figuresOfRecords(
  records: Iterable<JsonObject>,
  span: Span,
  groupings: readonly (readonly string[])[],
): CountedFigures {
  const figures: Figures[] = groupings.map(() => new Map());
  let metricCount = 0;
  for (const record of records) {
    for (const participant of objects(record.participants)) {
      for (const session of objects(participant.sessions)) {
        const dimensions = dimensionsOf(record, participant, session);
        const groups = groupings.map((groupBy) => groupBy.map((name) => textOf(dimensions[name])).join(' '));
        for (const { name, value, emitDate } of objects(session.metrics)) {
          const atMs = Date.parse(String(emitDate));
          if (atMs < span.fromMs || atMs >= span.toMs) continue;
          metricCount += 1;
          const startMs = span.fromMs + Math.floor((atMs - span.fromMs) / span.stepMs) * span.stepMs;
          const start = new Date(startMs).toISOString();
          groups.forEach((group, n) => {
            add(figures[n] as Figures, `${start} ${group} ${name}`, Number(value));
          });
        }
      }
    }
  }
  return { figures, metricCount };
}

function dimensionsOf(record: JsonObject, participant: JsonObject, session: JsonObject): JsonObject {
  const segments = objects(session.segments);
  // Of a segment's field the last that has one; absent keys stay absent.
  const last = (name: string) => segments.findLast((segment) => segment[name] !== undefined)?.[name];
  const found = {
    ...session,
    ...participant,
    originatingDirection: record.originatingDirection,
    queueId: beforeQueues.has(String(participant.purpose)) ? undefined : last('queueId'),
    wrapUpCode: last('wrapUpCode'),
    disconnectType: segments.findLast(({ segmentType, disconnectType }) => segmentType !== 'wrapup' && disconnectType)
      ?.disconnectType,
  };
  return found as JsonObject;
}

/** As of an instant, all conversations that began in the days before `toMs`; nothing is presumed about how long they last. */
export function* recordsUntil(
  world: SimulatedWorld,
  fromMs: number,
  toMs: number,
  nowMs: number,
): Generator<JsonObject> {
  for (let day = Math.floor((fromMs - world.lifetimeMsMax) / dayMs) * dayMs; day <= toMs; day += dayMs) {
    for (const conversation of world.conversationsOfDay(day)) {
      const record = conversation.render(nowMs, false);
      if (record !== undefined) yield record;
    }
  }
}
