import { describe, expect, test } from 'vitest';
import { createWorld } from '../../src/sandbox/world/index.js';
import { ask, dayMs, differences, type Figures, figuresOf } from './figures.js';
import { figuresOfRecords, recordsUntil } from './figures-of-records.js';

const groupings = [
  ['queueId', 'mediaType'],
  ['userId', 'queueId', 'direction'],
  ['wrapUpCode', 'userId', 'mediaType', 'messageType'],
  ['purpose', 'originatingDirection', 'disconnectType', 'teamId'],
];
const halfHourMs = 1_800_000;
const metricOf = (key: string) => key.split(' ').at(-1) ?? '';

interface Case {
  readonly seed: number;
  readonly agents: number;
  readonly conversationsPerDay: number;
  readonly timeZone: string;
  readonly days: number;
  /** After the interval's start, as known when. */
  readonly nowDays: number;
  readonly metricsMin: number;
}

function compare(asked: Case): { readonly metricCount: number; readonly found: string[]; readonly names: string[] } {
  const { seed, agents, conversationsPerDay, timeZone } = asked;
  const world = createWorld({ seed, agents, conversationsPerDay, timeZone });
  const fromMs = Date.UTC(2026, 9, 19);
  const toMs = fromMs + asked.days * dayMs;
  const nowMs = fromMs + Math.round(asked.nowDays * dayMs);
  const span = { fromMs, toMs, stepMs: halfHourMs };
  const { figures, metricCount } = figuresOfRecords(recordsUntil(world, fromMs, toMs, nowMs), span, groupings);
  const metrics = [...new Set([...(figures[0] ?? new Map()).keys()].map(metricOf))].sort();
  const found = groupings.flatMap((groupBy, n) => {
    const question = { fromMs, toMs, nowMs, granularity: 'PT30M', groupBy, metrics };
    const answered: Figures = new Map([
      ...figuresOf(ask(world, question), groupBy),
      ...figuresOf(ask(world, { ...question, kind: 'flows' }), groupBy),
    ]);
    return differences(timesCounted(figures[n] ?? new Map()), answered);
  });
  return { metricCount, found, names: metrics };
}

/** A count says how often, which may be several times in one record's metric. */
function timesCounted(figures: Figures): Figures {
  for (const [key, figure] of figures) if (metricOf(key).startsWith('n')) figure.count = figure.sum;
  return figures;
}

describe('aggregates agree with the conversation records to the millisecond', () => {
  test.each<Case>([
    {
      seed: 5,
      agents: 40,
      conversationsPerDay: 380,
      timeZone: 'America/New_York',
      days: 20,
      nowDays: 90,
      metricsMin: 85_000,
    },
    {
      seed: 8,
      agents: 24,
      conversationsPerDay: 130,
      timeZone: 'Europe/Berlin',
      days: 9,
      nowDays: 5.6,
      metricsMin: 5_000,
    },
    {
      seed: 21,
      agents: 12,
      conversationsPerDay: 120,
      timeZone: 'Asia/Kolkata',
      days: 6,
      nowDays: 9.1,
      metricsMin: 5_000,
    },
  ])('seed $seed, $days days, as known $nowDays days after the start', { timeout: 120_000 }, (asked) => {
    const { metricCount, found, names } = compare(asked);
    expect(found.slice(0, 10)).toEqual([]);
    expect(metricCount).toBeGreaterThan(asked.metricsMin);
    expect(names).toEqual(
      expect.arrayContaining(['nOffered', 'tAcd', 'tAbandon', 'tAnswered', 'tHandle', 'tTalkComplete']),
    );
  });
});
