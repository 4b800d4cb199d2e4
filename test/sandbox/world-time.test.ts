import { describe, expect, it } from 'vitest';
import { createWorld, type WorldConversation } from '../../src/sandbox/world/index.js';
import { isLong } from '../../src/sandbox/world/scripts/kinds.js';
import type { JsonObject } from '../../src/sandbox/world.js';

const dayMs = 86_400_000;
const day = Date.UTC(2026, 9, 14);
const options = { seed: 3, agents: 20, conversationsPerDay: 300, timeZone: 'America/New_York' };
const world = createWorld(options);
const conversations = world.conversationsOfDay(day);

function list(object: JsonObject, key: string): JsonObject[] {
  return (object[key] as JsonObject[] | undefined) ?? [];
}
const sessionsOf = (record: JsonObject) => list(record, 'participants').flatMap((one) => list(one, 'sessions'));

function bytes(of: readonly WorldConversation[]): string {
  return JSON.stringify(of.map((one) => one.render(one.settledMs, true)));
}

describe('the same world', () => {
  it('gives the same bytes for the same seed, in whatever order it is asked', () => {
    const again = createWorld(options);
    again.conversationsOfDay(day + 3 * dayMs)[5]?.render(day + 90 * dayMs, true);
    const last = conversations.at(-1) as WorldConversation;
    expect(again.conversationById(last.id)?.render(last.endMs, true)).toEqual(last.render(last.endMs, true));
    expect(bytes(again.conversationsOfDay(day))).toBe(bytes(conversations));
    expect(JSON.stringify(again.directory)).toBe(JSON.stringify(world.directory));
  });

  it('gives other bytes for another seed', () => {
    const other = createWorld({ ...options, seed: 4 });
    expect(bytes(other.conversationsOfDay(day))).not.toBe(bytes(conversations));
    expect(other.conversationById(conversations[0]?.id ?? '')).toBeUndefined();
  });
});

describe('ids', () => {
  it('are version-4 UUIDs that lead back to their conversation', () => {
    expect(new Set(conversations.map((one) => one.id)).size).toBe(conversations.length);
    for (const conversation of conversations) {
      expect(conversation.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const found = world.conversationById(conversation.id);
      expect(found?.id).toBe(conversation.id);
      expect(found?.startMs).toBe(conversation.startMs);
    }
  });

  it('of nobody lead nowhere', () => {
    expect(world.conversationById('00000000-0000-4000-8000-000000000000')).toBeUndefined();
    expect(world.conversationById('no id at all')).toBeUndefined();
    const one = conversations[0]?.id ?? '';
    expect(world.conversationById(`${one.slice(0, -1)}${one.endsWith('0') ? '1' : '0'}`)).toBeUndefined();
  });
});

describe('a day', () => {
  it('holds exactly the conversations that begin on it, by start and then by id', () => {
    const week = Array.from({ length: 7 }, (_, n) => world.conversationsOfDay(day + n * dayMs));
    week.forEach((of, n) => {
      expect(of.every((one) => one.startMs >= day + n * dayMs && one.startMs < day + (n + 1) * dayMs)).toBe(true);
      const keys = of.map((one) => `${String(one.startMs)} ${one.id}`);
      expect(keys).toEqual([...keys].sort());
    });
    const ids = week.flat().map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is left within the stated lifetimes', () => {
    for (const one of conversations) {
      const lifeMs = one.endMs - one.startMs;
      expect(lifeMs).toBeLessThanOrEqual(isLong(one.kind) ? world.lifetimeMsMax : world.shortLifetimeMsMax);
      expect(one.settledMs).toBeGreaterThanOrEqual(one.endMs);
    }
  });

  it('can be asked for its long conversations alone, and they are the same', () => {
    const apart = createWorld(options).longConversationsOfDay(day);
    expect(apart.length).toBeGreaterThan(0);
    expect(bytes(apart)).toBe(bytes(conversations.filter((one) => isLong(one.kind))));
  });
});

/** One line per metric, so that two states can be compared as sets. */
function metricLines(record: JsonObject): string[] {
  return sessionsOf(record).flatMap((session) => {
    const seen = new Map<string, number>();
    return list(session, 'metrics').map((metric) => {
      const line = `${session.sessionId} ${metric.name} ${metric.value} ${metric.emitDate}`;
      seen.set(line, (seen.get(line) ?? 0) + 1);
      return `${line} #${seen.get(line)}`;
    });
  });
}

function closedSegments(record: JsonObject): string[] {
  return sessionsOf(record).flatMap((session) =>
    list(session, 'segments')
      .filter((segment) => segment.segmentEnd !== undefined)
      .map((segment) => `${session.sessionId} ${segment.segmentType} ${segment.segmentStart} ${segment.segmentEnd}`),
  );
}

describe('a record as it is known at an instant', () => {
  it('does not exist before its start', () => {
    for (const one of conversations) expect(one.render(one.startMs - 1, true)).toBeUndefined();
  });

  it('keeps what it has once returned, except for the nightly reprocessing', () => {
    for (const one of conversations) {
      const restatedMs = one.events.find((event) => event.kind === 'metricRestated')?.atMs ?? Number.POSITIVE_INFINITY;
      let metrics: string[] = [];
      let segments: string[] = [];
      for (const atMs of one.changesMs) {
        const record = one.render(atMs, false) as JsonObject;
        const now = new Set(metricLines(record));
        if (atMs < restatedMs) expect(metrics.filter((line) => !now.has(line))).toEqual([]);
        const closed = new Set(closedSegments(record));
        expect(segments.filter((line) => !closed.has(line))).toEqual([]);
        metrics = [...now];
        segments = [...closed];
      }
    }
  });

  it('returns nothing from the future', () => {
    for (const one of conversations) {
      for (const atMs of one.changesMs) {
        const now = new Date(atMs).toISOString();
        const record = one.render(atMs, true) as JsonObject;
        const dates = sessionsOf(record).flatMap((session) => [
          ...list(session, 'metrics').map((metric) => String(metric.emitDate)),
          ...list(session, 'segments').flatMap((segment) => [
            String(segment.segmentStart),
            String(segment.segmentEnd ?? ''),
          ]),
        ]);
        expect(dates.filter((date) => date > now)).toEqual([]);
        expect(record.conversationEnd === undefined).toBe(atMs < one.endMs);
      }
    }
  });

  it('changes at the stated instants and at no other', () => {
    for (const one of conversations.slice(0, 60)) {
      const { changesMs } = one;
      expect(changesMs[0]).toBe(one.startMs);
      expect(changesMs.at(-1)).toBe(one.settledMs);
      changesMs.forEach((atMs, position) => {
        const nextMs = changesMs[position + 1] ?? atMs + 30 * dayMs;
        expect(JSON.stringify(one.render(nextMs - 1, true))).toBe(JSON.stringify(one.render(atMs, true)));
      });
    }
  });

  it('is restated no earlier than 48 hours after its end', () => {
    const week = Array.from({ length: 7 }, (_, n) => world.conversationsOfDay(day + n * dayMs)).flat();
    const restated = week.filter((one) => one.events.some((event) => event.kind === 'metricRestated'));
    expect(restated.length).toBeGreaterThan(0);
    for (const one of restated) {
      const atMs = one.events.find((event) => event.kind === 'metricRestated')?.atMs ?? 0;
      expect(atMs - one.endMs).toBeGreaterThanOrEqual(2 * dayMs);
    }
  });

  it('is open while its end is still to come', () => {
    const open = conversations.filter((one) => one.endMs > day + dayMs);
    expect(open.length).toBeGreaterThan(3);
    for (const one of open) expect(one.render(day + dayMs, false)?.conversationEnd).toBeUndefined();
  });
});
