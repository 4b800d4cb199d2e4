import { describe, expect, it } from 'vitest';
import { createWorld, type WorldConversation } from '../../src/sandbox/world/index.js';
import { catalogKinds } from '../../src/sandbox/world/scripts/kinds.js';
import type { Json, JsonObject } from '../../src/sandbox/world.js';
import { fieldsOf, objectUnder, valuesOf } from './world-fields.js';

const dayMs = 86_400_000;
const monday = Date.UTC(2026, 2, 2);
const world = createWorld({ seed: 11, agents: 30, conversationsPerDay: 500, timeZone: 'Europe/Berlin' });
const days = [monday, monday + dayMs, monday + 2 * dayMs];
const conversations = days.flatMap((day) => world.conversationsOfDay(day));

function final(conversation: WorldConversation): JsonObject {
  return conversation.render(conversation.settledMs, true) as JsonObject;
}

const records = conversations.map(final);

function list(object: JsonObject, key: string): JsonObject[] {
  return (object[key] as JsonObject[] | undefined) ?? [];
}
const optional = (value: Json | undefined): JsonObject[] => (value === undefined ? [] : [value as JsonObject]);
const sessionsOf = (record: JsonObject) => list(record, 'participants').flatMap((one) => list(one, 'sessions'));
const segmentsOf = (record: JsonObject) => sessionsOf(record).flatMap((one) => list(one, 'segments'));
const codesOf = (record: JsonObject) =>
  segmentsOf(record).flatMap((one) => (one.wrapUpCode as string | undefined) ?? []);
const sum = (session: JsonObject, name: string) =>
  list(session, 'metrics').reduce((total, metric) => (metric.name === name ? total + Number(metric.value) : total), 0);
const has = (session: JsonObject, name: string) => list(session, 'metrics').some((metric) => metric.name === name);

/** Fields and values that the model does not have, as readable paths. */
function strangers(object: JsonObject, type: string, path: string): string[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const here = `${path}.${key}`;
    if (fieldsOf[type]?.includes(key) !== true) return [`${here}: unknown field`];
    const allowed = key === 'name' && type !== 'AnalyticsSessionMetric' ? undefined : valuesOf[key];
    const values = (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
    const wrong =
      allowed === undefined ? [] : values.filter((one) => !allowed.has(one)).map((one) => `${here}: ${one}`);
    const below = objectUnder[key];
    const children = below === undefined ? [] : Array.isArray(value) ? value : [value];
    return [...wrong, ...children.flatMap((child) => strangers(child as JsonObject, below ?? '', here))];
  });
}

function empties(value: Json | undefined, path: string): string[] {
  if (value === null || value === undefined) return [path];
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path];
  if (typeof value !== 'object') return [];
  const entries = Object.entries(value);
  if (entries.length === 0) return [path];
  return entries.flatMap(([key, child]) => empties(child, `${path}.${key}`));
}

describe('a record', () => {
  it('has only fields and values of the documented model', () => {
    const found = new Set(records.flatMap((record) => strangers(record, 'AnalyticsConversation', '')));
    expect([...found]).toEqual([]);
  });

  it('leaves keys out instead of giving null, empty lists or empty objects', () => {
    const found = new Set(records.flatMap((record) => empties(record, '')));
    expect([...found]).toEqual([]);
  });

  it('has attributes only when they are asked for', () => {
    const [conversation] = conversations.filter((one) => JSON.stringify(final(one)).includes('"attributes"'));
    expect(conversation).toBeDefined();
    const without = conversation?.render(conversation.settledMs, false);
    expect(JSON.stringify(without)).not.toContain('"attributes"');
  });

  it('names only codes of the directory, deleted ones included, or codes of the system', () => {
    const known = new Set(world.directory.wrapupCodes.map((code) => code.id));
    const unknown = records.flatMap(codesOf).filter((code) => !known.has(code) && !code.startsWith('ININ-'));
    expect(unknown).toEqual([]);
  });

  it('gives an agent only conversations of queues that he is a member of', () => {
    const members = new Map(
      world.organization.queues.map((queue) => [queue.id, new Set(queue.agents.map((agent) => agent.id))]),
    );
    const strangersToQueue = records.flatMap((record) =>
      list(record, 'participants')
        .filter((participant) => participant.purpose === 'agent')
        .flatMap((participant) =>
          list(participant, 'sessions')
            .flatMap((session) => list(session, 'segments'))
            .filter((segment) => segment.queueId !== undefined)
            .filter((segment) => members.get(String(segment.queueId))?.has(String(participant.userId)) !== true),
        ),
    );
    expect(strangersToQueue).toEqual([]);
  });

  it('adds handle time up from talk, hold, after-call work, dialing and contacting, unless it was restated', () => {
    const untouched = conversations.filter((one) => !one.events.some((event) => event.kind === 'metricRestated'));
    const handled = untouched
      .map(final)
      .flatMap(sessionsOf)
      .filter((session) => has(session, 'tHandle'));
    expect(handled.length).toBeGreaterThan(500);
    for (const session of handled) {
      const parts = ['tTalkComplete', 'tHeldComplete', 'tAcw', 'tContacting', 'tDialing'];
      expect(sum(session, 'tHandle')).toBe(parts.reduce((total, name) => total + sum(session, name), 0));
    }
  });

  it('completes talk and hold as the sum of their parts', () => {
    for (const session of records.flatMap(sessionsOf)) {
      if (has(session, 'tHeldComplete')) expect(sum(session, 'tHeldComplete')).toBe(sum(session, 'tHeld'));
    }
  });
});

describe('what a naive extractor trips over', () => {
  const some = (rule: (record: JsonObject) => boolean) => expect(records.filter(rule).length).toBeGreaterThan(0);
  const someSession = (rule: (session: JsonObject, participant: JsonObject) => boolean) =>
    some((record) =>
      list(record, 'participants').some((participant) =>
        list(participant, 'sessions').some((one) => rule(one, participant)),
      ),
    );
  const wrapups = (session: JsonObject) => list(session, 'segments').filter((one) => one.segmentType === 'wrapup');

  it('holds every planned kind of conversation', () => {
    const seen = new Set<string>(conversations.map((one) => one.kind));
    expect([...catalogKinds, 'mergedSource', 'mergedDestination'].filter((kind) => !seen.has(kind))).toEqual([]);
  });

  it('has every cause of a missing code: skipped, timed out, none given, no wrap-up at all, deleted since, system codes', () => {
    const deleted = new Set(
      world.directory.wrapupCodes.filter((code) => code.state === 'deleted').map((code) => code.id),
    );
    const agent = (participant: JsonObject) => participant.purpose === 'agent';
    someSession((session) => session.acwSkipped === true);
    some((record) => codesOf(record).includes('ININ-WRAP-UP-TIMEOUT'));
    some((record) => codesOf(record).includes('ININ-OUTBOUND-PREVIEW-SKIPPED'));
    some((record) => codesOf(record).some((code) => deleted.has(code)));
    someSession(
      (session, participant) => agent(participant) && wrapups(session).some((one) => one.wrapUpCode === undefined),
    );
    someSession((session, participant) => agent(participant) && has(session, 'tTalk') && wrapups(session).length === 0);
    someSession((session, participant) => participant.purpose === 'user' && wrapups(session).length > 0);
    someSession(
      (session, participant) =>
        participant.purpose !== 'agent' && codesIn(session).some((code) => code.startsWith('ININ-OUTBOUND')),
    );
  });
  const codesIn = (session: JsonObject) =>
    list(session, 'segments').flatMap((one) => (one.wrapUpCode as string | undefined) ?? []);

  it('has wrap-ups of no length, wrap-ups after a ring that nobody answered, and measured work unlike the segment', () => {
    someSession(
      (session) => wrapups(session).some((one) => one.segmentStart === one.segmentEnd) && !has(session, 'tAcw'),
    );
    someSession((session) => has(session, 'tNotResponding') && has(session, 'tAcw') && !has(session, 'tTalk'));
    someSession((session) =>
      wrapups(session).some(
        (one) =>
          has(session, 'tAcw') &&
          Date.parse(String(one.segmentEnd)) - Date.parse(String(one.segmentStart)) !== sum(session, 'tAcw'),
      ),
    );
  });

  it('repeats metric names in a session and goes beyond 32 bits', () => {
    someSession((session) => list(session, 'metrics').filter((metric) => metric.name === 'tTalk').length > 3);
    someSession((session) => list(session, 'metrics').some((metric) => Number(metric.value) > 2_147_483_647));
  });

  it('has metrics after the end of the conversation, metrics out of order and participants out of order', () => {
    some((record) =>
      sessionsOf(record).some((session) =>
        list(session, 'metrics').some((metric) => String(metric.emitDate) > String(record.conversationEnd)),
      ),
    );
    someSession((session) => {
      const dates = list(session, 'metrics').map((metric) => String(metric.emitDate));
      return dates.some((date, position) => position > 0 && date < String(dates[position - 1]));
    });
    some((record) => list(record, 'participants')[0]?.purpose === 'agent');
  });

  it('starts some conversations after and some long before their first segment', () => {
    const first = (record: JsonObject) =>
      segmentsOf(record)
        .map((one) => String(one.segmentStart))
        .sort()[0] ?? '';
    some((record) => first(record) < String(record.conversationStart));
    some((record) => Date.parse(first(record)) > Date.parse(String(record.conversationStart)) + 1_000);
  });

  it('has one user in two participants, several sessions and wrap-ups in one participant, and mixed media within it', () => {
    const users = (record: JsonObject) =>
      list(record, 'participants').flatMap((one) => (one.userId as string | undefined) ?? []);
    some((record) => new Set(users(record)).size < users(record).length);
    some((record) =>
      list(record, 'participants').some(
        (one) => list(one, 'sessions').filter((session) => wrapups(session).length > 0).length > 2,
      ),
    );
    some((record) =>
      list(record, 'participants').some(
        (one) => new Set(list(one, 'sessions').map((session) => session.mediaType)).size > 1,
      ),
    );
  });

  it('merges conversations, whose ids point at each other and resolve', () => {
    const targets = records.flatMap((record) =>
      segmentsOf(record).flatMap(
        (one) => (one.destinationConversationId ?? one.sourceConversationId ?? []) as string | [],
      ),
    );
    expect(targets.length).toBeGreaterThan(0);
    for (const id of targets) expect(world.conversationById(id)?.kind.startsWith('merged')).toBe(true);
  });

  it('has awkward attributes: crowded, cut, equal except for case, empty, with newlines and a trailing space', () => {
    const attributes = records.flatMap((record) =>
      list(record, 'participants').flatMap((one) => optional(one.attributes)),
    );
    expect(attributes.some((one) => Object.keys(one).length > 60)).toBe(true);
    expect(attributes.some((one) => Object.values(one).some((value) => String(value).length === 1_024))).toBe(true);
    expect(attributes.some((one) => 'accountid' in one && 'AccountId' in one)).toBe(true);
    expect(attributes.some((one) => 'ANI ' in one && one['empty.value'] === '')).toBe(true);
    expect(attributes.some((one) => String(one.address).includes('\n'))).toBe(true);
  });

  it('has surveys on paper and by voice, evaluations in every state, and restated values', () => {
    const surveys = records.flatMap((record) => list(record, 'surveys'));
    const evaluations = records.flatMap((record) => list(record, 'evaluations'));
    expect(new Set(surveys.map((one) => one.surveyType))).toEqual(new Set(['Web', 'Voice']));
    expect(surveys.some((one) => one.surveyPromoterScore !== undefined)).toBe(true);
    expect(evaluations.some((one) => one.rescored === true)).toBe(true);
    expect(evaluations.some((one) => one.evaluationStatus === 'Pending')).toBe(true);
    expect(conversations.some((one) => one.events.some((event) => event.kind === 'metricRestated'))).toBe(true);
  });

  it('has flows with versions that are strings and outcomes that join id and value', () => {
    const flows = records.flatMap(sessionsOf).flatMap((session) => optional(session.flow));
    expect(flows.every((flow) => /^\d+\.0$/.test(String(flow.flowVersion)))).toBe(true);
    const outcomes = flows.flatMap((flow) => list(flow, 'outcomes'));
    expect(outcomes.some((one) => /^[0-9a-f-]{36}:SUCCESS$/.test(String(one.flowOutcome)))).toBe(true);
  });
});
