import { dayMs } from '../../src/lib/interval.js';
import type { Directory, JsonObject, SimulatedConversation, World, WorldOptions } from '../../src/sandbox/world.js';

/**
 * The smallest organisation that can show the server's rules: per UTC day `perDay` calls of ten minutes, spread evenly from midnight, and one
 * conversation that lasts three days. Ids are `<day number>-<n>`.
 */
export function createFakeWorld(perDay: number): (options: WorldOptions) => World {
  return (options) => {
    const days = new Map<number, readonly SimulatedConversation[]>();
    const conversationsOfDay = (dayStartMs: number): readonly SimulatedConversation[] => {
      const kept = days.get(dayStartMs);
      if (kept !== undefined) return kept;
      const made = Array.from({ length: perDay }, (_, n) => conversation(dayStartMs, n, perDay));
      days.set(dayStartMs, made);
      return made;
    };
    return {
      options,
      directory,
      lifetimeMsMax: 4 * dayMs,
      conversationsOfDay,
      conversationById: (id) => {
        const [day, n] = id.split('-').map(Number);
        return day === undefined || n === undefined || Number.isNaN(day)
          ? undefined
          : conversationsOfDay(day * dayMs)[n];
      },
    };
  };
}

export const callMs = 600_000;
export const longMs = 3 * dayMs;

function conversation(dayStartMs: number, n: number, perDay: number): SimulatedConversation {
  const id = `${dayStartMs / dayMs}-${n}`;
  const startMs = dayStartMs + Math.floor((n * dayMs) / perDay);
  const endMs = startMs + (n === 0 ? longMs : callMs);
  return {
    id,
    startMs,
    endMs,
    settledMs: endMs,
    changesMs: [startMs, endMs],
    render: (asOfMs, withAttributes) =>
      asOfMs < startMs ? undefined : record({ id, startMs, endMs, ended: endMs <= asOfMs, n, withAttributes }),
  };
}

interface Facts {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly ended: boolean;
  readonly n: number;
  readonly withAttributes: boolean;
}

function record({ id, startMs, endMs, ended, n, withAttributes }: Facts): JsonObject {
  const end = new Date(endMs).toISOString();
  const start = new Date(startMs).toISOString();
  return {
    conversationId: id,
    conversationStart: start,
    ...(ended ? { conversationEnd: end } : {}),
    originatingDirection: n % 2 === 0 ? 'inbound' : 'outbound',
    divisionIds: ['division-1'],
    participants: [
      {
        participantId: `p-${id}`,
        purpose: 'agent',
        userId: `user-${n % 3}`,
        ...(withAttributes ? { attributes: { 'Account Number ': String(n) } } : {}),
        sessions: [
          {
            sessionId: `s-${id}`,
            mediaType: 'voice',
            segments: [
              {
                segmentStart: start,
                ...(ended ? { segmentEnd: end } : {}),
                segmentType: 'interact',
                queueId: `queue-${n % 2}`,
              },
              ...(ended
                ? [
                    {
                      segmentStart: end,
                      segmentEnd: end,
                      segmentType: 'wrapup',
                      queueId: `queue-${n % 2}`,
                      wrapUpCode: 'code-1',
                    },
                  ]
                : []),
            ],
            ...(ended ? { metrics: [{ name: 'tTalk', value: endMs - startMs, emitDate: end }] } : {}),
          },
        ],
      },
    ],
  };
}

const entities = (kind: string, count: number, extra: (n: number) => JsonObject = () => ({})): JsonObject[] =>
  Array.from({ length: count }, (_, n) => ({ id: `${kind}-${n}`, name: `${kind} ${n}`, ...extra(n) }));

const directory: Directory = {
  organization: { id: 'organization-1', name: 'Fake organisation' },
  divisions: entities('division', 3, (n) => ({ homeDivision: n === 1 })),
  queues: entities('queue', 60, (n) => ({
    division: { id: 'division-1' },
    mediaSettings: { call: { alertingTimeoutSeconds: n } },
  })),
  users: entities('user', 130, (n) => ({
    state: n < 100 ? 'active' : n < 120 ? 'inactive' : 'deleted',
    version: 1,
    groups: [{ id: 'group-0' }],
  })),
  wrapupCodes: entities('code', 12, (n) => (n < 10 ? {} : { state: 'deleted' })),
  queueWrapupCodes: new Map([['queue-1', ['code-1', 'code-2', 'code-11']]]),
  queueMembers: new Map([['queue-1', entities('user', 120, (n) => ({ joined: n % 2 === 0, memberBy: 'user' }))]]),
  skills: entities('skill', 5),
  languages: entities('language', 2),
  presences: entities('presence', 4, (n) => ({ deactivated: n === 3 })),
  teams: entities('team', 30),
  groups: entities('group', 2),
  flows: entities('flow', 4, (n) => ({ type: n === 0 ? 'inboundcall' : 'bot', ...(n === 3 ? { deleted: true } : {}) })),
  flowOutcomes: entities('outcome', 1),
  locations: [],
  campaigns: entities('campaign', 1),
  contactLists: entities('contactlist', 1),
  evaluationForms: entities('form', 2, (n) => ({ published: n === 0 })),
  surveyForms: entities('survey', 1),
};
