import { dayMs } from '../../lib/interval.js';
import { conversationFacts, type QualityFacts } from './conversation-facts.js';
import { usualFlowDimensions } from './dimensions.js';
import type { EventConversation } from './event-world.js';
import { type Change, type FactTable, type Measurement, TableBuilder } from './fact-table.js';
import { addFlow, flowMetricNames } from './flow-facts.js';

export interface Tables {
  readonly conversations: FactTable;
  readonly flows: FactTable;
}

/** The measurements of the conversations that began on one UTC day. */
export interface DayFacts {
  readonly dimensions: ReadonlySet<string>;
  /** Measured until the day's end: nearly all of it. */
  readonly prompt: Tables;
  /** Measured on later days, by conversations that continued. */
  readonly late: Tables;
  readonly quality: readonly QualityFacts[];
}

/** Reads the events of all these conversations, which began on the day. */
export function dayFacts(
  dayStartMs: number,
  conversations: readonly EventConversation[],
  dimensions: ReadonlySet<string>,
): DayFacts {
  const sessions = new SplitBuilder(dayStartMs + dayMs, dimensions);
  const flowDimensions = new Set([...dimensions, ...usualFlowDimensions]);
  const flows = new SplitBuilder(dayStartMs + dayMs, flowDimensions);
  const quality: QualityFacts[] = [];
  for (const conversation of conversations) {
    const facts = conversationFacts(conversation, dimensions);
    quality.push(...facts.quality);
    for (const session of facts.sessions) {
      const measured = session.measurements.filter(({ name }) => !flowMetricNames.has(name));
      sessions.add(session.openedMs, session.changes, measured);
      if (session.flow !== undefined) addFlow((...facts) => flows.add(...facts), session, session.flow, flowDimensions);
    }
  }
  return {
    dimensions,
    prompt: { conversations: sessions.prompt.finish(), flows: flows.prompt.finish() },
    late: { conversations: sessions.late.finish(), flows: flows.late.finish() },
    quality,
  };
}

/** Parts what was measured until an instant from what was measured later. */
class SplitBuilder {
  readonly prompt: TableBuilder;
  readonly late: TableBuilder;
  readonly #untilMs: number;

  constructor(untilMs: number, dimensions: ReadonlySet<string>) {
    this.#untilMs = untilMs;
    this.prompt = new TableBuilder(dimensions);
    this.late = new TableBuilder(dimensions);
  }

  add(openedMs: number, changes: readonly (readonly Change[])[], measurements: readonly Measurement[]): void {
    const late = measurements.filter(({ atMs }) => atMs >= this.#untilMs);
    const prompt = late.length === 0 ? measurements : measurements.filter(({ atMs }) => atMs < this.#untilMs);
    this.prompt.add(openedMs, changes, prompt);
    this.late.add(openedMs, changes, late);
  }
}
