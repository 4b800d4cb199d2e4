import { objects } from '../../src/sandbox/server/record-faults.js';
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

export interface Told {
  readonly figures: Figures;
  /** Metrics that fell into the span. */
  readonly metricCount: number;
}

/** The official rule applied to conversation records: a metric counts in the interval of its `emitDate`. By queue and media type. */
export function figuresOfRecords(records: Iterable<JsonObject>, span: Span): Told {
  const figures: Figures = new Map();
  let metricCount = 0;
  for (const record of records) {
    for (const participant of objects(record.participants)) {
      for (const session of objects(participant.sessions)) {
        const group = `${queueOf(String(participant.purpose), session)} ${textOf(session.mediaType)}`;
        for (const { name, value, emitDate } of objects(session.metrics)) {
          const atMs = Date.parse(String(emitDate));
          if (atMs < span.fromMs || atMs >= span.toMs) continue;
          metricCount += 1;
          const start = span.fromMs + Math.floor((atMs - span.fromMs) / span.stepMs) * span.stepMs;
          add(figures, `${new Date(start).toISOString()} ${group} ${name}`, Number(value));
        }
      }
    }
  }
  return { figures, metricCount };
}

function queueOf(purpose: string, session: JsonObject): string {
  if (beforeQueues.has(purpose)) return '-';
  const queues = objects(session.segments).flatMap(({ queueId }) => (queueId === undefined ? [] : [String(queueId)]));
  return queues.at(-1) ?? '-';
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
