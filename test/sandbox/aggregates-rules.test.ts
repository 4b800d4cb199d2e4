import { describe, expect, test } from 'vitest';
import { resultLimit } from '../../src/sandbox/aggregates/index.js';
import { objects } from '../../src/sandbox/server/faults/record-faults.js';
import type { WorldEvent } from '../../src/sandbox/world/events.js';
import type { JsonObject } from '../../src/sandbox/world.js';
import { type Asked, ask, dayMs } from './figures.js';
import {
  answered,
  at,
  closed,
  day,
  ended,
  handled,
  joined,
  otherQueue,
  phase,
  queue,
  started,
  talk,
  unanswered,
  worldOf,
  wrapup,
} from './made-world.js';

const conversation = (...events: WorldEvent[]): WorldEvent[] => [started('09:00'), ...events, ended('23:00')];

/** Formats `time group metric: stats`, without the time where there is only one interval. */
function figureLines(conversations: readonly (readonly WorldEvent[])[], asked: Partial<Asked>): string[] {
  const question = { fromMs: day, toMs: day + dayMs, nowMs: day + 60 * dayMs, metrics: [], ...asked };
  const answer = ask(worldOf(...conversations), question);
  return objects(answer.results).flatMap((result) =>
    objects(result.data).flatMap((data) => {
      const time = asked.granularity === undefined ? '' : `${String(data.interval).slice(11, 16)} `;
      const group = Object.values(result.group as JsonObject).join(' ');
      const line = (name: unknown, stats: unknown) =>
        `${time}${group === '' ? '' : `${group} `}${name}: ${text(stats)}`;
      return [
        ...objects(data.metrics).map(({ metric, stats }) => line(metric, stats)),
        ...objects(data.views).map(({ name, stats }) => line(name, stats)),
      ];
    }),
  );
}

function text(stats: unknown): string {
  const { count, sum, min, max, ...rest } = stats as Record<string, number>;
  if (count === undefined) return JSON.stringify(rest);
  return sum === undefined ? String(count) : `${count} of ${sum} (${min} to ${max})`;
}

const handle = { metrics: ['tHandle'] };

describe('a metric counts', () => {
  test('as a whole in the interval in which what it measures is complete', () => {
    const call = conversation(...talk('09:10', '09:55'));
    expect(figureLines([call], { metrics: ['tHandle', 'tTalkComplete'], granularity: 'PT30M' })).toEqual([
      '09:30 tHandle: 1 of 2700000 (2700000 to 2700000)',
      '09:30 tTalkComplete: 1 of 2700000 (2700000 to 2700000)',
    ]);
  });

  test('in the later of two intervals when it falls on their border, and not at all at the end of the query', () => {
    const call = conversation(...talk('09:10', '09:30'));
    expect(figureLines([call], { ...handle, granularity: 'PT30M' })).toEqual([
      '09:30 tHandle: 1 of 1200000 (1200000 to 1200000)',
    ]);
    expect(figureLines([call], { ...handle, toMs: at('09:30') })).toEqual([]);
    expect(figureLines([call], { ...handle, fromMs: at('09:30') })).toHaveLength(1);
  });

  test('on the day it happens, which may be days after the conversation began', () => {
    const long = [started('09:00'), ...talk('09:00', '58:00'), ended('58:00')];
    expect(figureLines([long], handle)).toEqual([]);
    expect(figureLines([long], { ...handle, fromMs: day + 2 * dayMs, toMs: day + 3 * dayMs })).toHaveLength(1);
  });

  test('only once it is published', () => {
    const call = conversation(
      ...joined('09:00', 1),
      phase('09:00', 1, 'interact'),
      closed('09:10', 1),
      handled('09:10', 1, 500),
    );
    const metrics = ['tHandle', 'tTalkComplete'];
    expect(figureLines([call], { metrics, nowMs: at('09:10') - 1 })).toEqual([]);
    expect(figureLines([call], { metrics, nowMs: at('09:10') })).toHaveLength(1);
    expect(figureLines([call], { metrics, nowMs: at('09:10') + 500 })).toHaveLength(2);
  });

  test('with its restated value from the night on in which it was restated, in its old interval', () => {
    const atMs = day + 3 * dayMs;
    const restated = { kind: 'metricRestated', atMs, session: 1, name: 'tHandle', deltaMs: -600_000 } as const;
    const call = [...conversation(...talk('09:10', '09:50')), restated];
    const asked = { ...handle, granularity: 'PT30M' };
    expect(figureLines([call], { ...asked, nowMs: atMs - 1 })).toEqual([
      '09:30 tHandle: 1 of 2400000 (2400000 to 2400000)',
    ]);
    expect(figureLines([call], { ...asked, nowMs: atMs })).toEqual([
      '09:30 tHandle: 1 of 1800000 (1800000 to 1800000)',
    ]);
  });

  test('in local days when a time zone is given, also on the day on which the clocks change', () => {
    const call = conversation(...talk('09:10', '09:55'));
    const zone = { ...handle, granularity: 'P1D', timeZone: 'America/New_York' };
    // In New York the clocks went forward on the eighth: that day had 23 hours.
    const fromMs = Date.parse('2026-03-08T05:00:00Z');
    const answer = ask(worldOf(call), { ...zone, fromMs, toMs: fromMs + 4 * dayMs, nowMs: day + 9 * dayMs });
    expect(objects(objects(answer.results)[0]?.data).map(({ interval }) => interval)).toEqual([
      '2026-03-10T04:00:00.000Z/2026-03-11T04:00:00.000Z',
    ]);
  });
});

describe('handle time', () => {
  test('is talk, hold, after-call work, dialing and contacting; ringing is not part of it', () => {
    const call = conversation(
      ...joined('09:00', 1),
      phase('09:00', 1, 'alert'),
      phase('09:01', 1, 'contacting'),
      phase('09:03', 1, 'dialing'),
      phase('09:07', 1, 'interact'),
      phase('09:15', 1, 'hold'),
      phase('09:31', 1, 'interact'),
      closed('10:03', 1),
      ...wrapup('10:03', '11:07', 1, 'code-1'),
      handled('11:07', 1),
    );
    const minutes = (count: number) => `1 of ${count * 60_000} (${count * 60_000} to ${count * 60_000})`;
    const metrics = ['tAlert', 'tContacting', 'tDialing', 'tHeldComplete', 'tTalkComplete', 'tAcw', 'tHandle'];
    expect(figureLines([call], { metrics })).toEqual([
      `tAcw: ${minutes(64)}`,
      `tAlert: ${minutes(1)}`,
      `tContacting: ${minutes(2)}`,
      `tDialing: ${minutes(4)}`,
      `tHandle: ${minutes(2 + 4 + 8 + 16 + 32 + 64)}`,
      `tHeldComplete: ${minutes(16)}`,
      `tTalkComplete: ${minutes(40)}`,
    ]);
  });
});

describe('the service level', () => {
  const metrics = ['nOffered', 'oServiceLevel', 'tWait'];
  const groupBy = ['queueId', 'mediaType'];
  const level = (asked: Partial<Asked>) =>
    figureLines(all, { metrics, groupBy, ...asked }).map((line) => line.replace(`${queue} voice `, ''));
  const all = [
    conversation(...answered('09:00:00', '09:00:10', false)),
    conversation(...answered('09:00:00', '09:02:00', true)),
    conversation(...unanswered('09:05:00', '09:05:03', 'shortAbandoned')),
    conversation(...unanswered('09:05:00', '09:06:00', 'abandoned')),
    conversation(...unanswered('09:10:00', '09:11:00', 'flowOut')),
    conversation(...unanswered('09:29:00', '09:31:00', 'flowOut')),
  ];

  test('is what was answered in time among answered and abandoned, and leaves out who was taken elsewhere', () => {
    expect(level({})).toEqual([
      'nOffered: 6',
      'oServiceLevel: {"ratio":0.25,"numerator":1,"denominator":4,"target":0.8}',
      `tWait: 6 of ${(10 + 120 + 3 + 60 + 60 + 120) * 1_000} (3000 to 120000)`,
    ]);
  });

  test('has a ratio of 0 with a denominator of 0 where a queue only lost somebody', () => {
    expect(level({ granularity: 'PT30M' }).slice(3)).toEqual([
      '09:30 oServiceLevel: {"ratio":0,"numerator":0,"denominator":0,"target":0.8}',
      '09:30 tWait: 1 of 120000 (120000 to 120000)',
    ]);
  });

  test('has no target where queues or media with different ones meet', () => {
    const written = conversation(...unanswered('09:05', '09:06', 'abandoned', 1, otherQueue)).map((event) =>
      event.kind === 'sessionOpened' ? { ...event, mediaType: 'email' as const } : event,
    );
    expect(figureLines([...all, written], { metrics: ['oServiceLevel'] })).toEqual([
      'oServiceLevel: {"ratio":0.2,"numerator":1,"denominator":5}',
    ]);
  });
});

describe('groups', () => {
  test('lack the dimensions without a value and the metrics that are zero', () => {
    const internal = conversation(
      ...joined('09:00', 1),
      { ...phase('09:00', 1, 'interact'), queueId: undefined } as WorldEvent,
      closed('09:10', 1),
    );
    const world = worldOf(internal, conversation(...unanswered('09:00', '09:20', 'abandoned')));
    const asked = { fromMs: day, toMs: day + dayMs, nowMs: day + dayMs, metrics: ['nOffered', 'tTalkComplete'] };
    const results = objects(ask(world, { ...asked, groupBy: ['queueId', 'mediaType'] }).results);
    expect(results.map(({ group }) => group)).toEqual([{ queueId: queue, mediaType: 'voice' }, { mediaType: 'voice' }]);
    expect(results.map(({ data }) => objects(objects(data)[0]?.metrics).map(({ metric }) => metric))).toEqual([
      ['nOffered'],
      ['tTalkComplete'],
    ]);
  });

  test('are absent altogether, and the key with them, when nothing was measured', () => {
    expect(ask(worldOf(), { fromMs: day, toMs: day + dayMs, nowMs: day + dayMs, metrics: ['nOffered'] })).toEqual({});
  });

  test('by wrap-up code hold all that was measured in the session, once the code is known', () => {
    const call = conversation(
      ...talk('09:00', '09:10').slice(0, -1),
      ...wrapup('09:10', '09:15', 1, 'code-1'),
      handled('09:15', 1),
    );
    const asked = { metrics: ['tTalkComplete', 'tHandle'], groupBy: ['wrapUpCode'] };
    expect(figureLines([call], asked)).toEqual([
      'code-1 tHandle: 1 of 900000 (900000 to 900000)',
      'code-1 tTalkComplete: 1 of 600000 (600000 to 600000)',
    ]);
    expect(figureLines([call], { ...asked, nowMs: at('09:12') })).toEqual([
      'tTalkComplete: 1 of 600000 (600000 to 600000)',
    ]);
  });

  test('of a dimension with several values hold a session several times, or once when flattened', () => {
    const call = conversation(...talk('09:00', '09:10'));
    call[0] = started('09:00', { divisionIds: ['division-b', 'division-a'] });
    expect(figureLines([call], { ...handle, groupBy: ['divisionId'] }).map((line) => line.split(' ')[0])).toEqual([
      'division-a',
      'division-b',
    ]);
    expect(figureLines([call], { ...handle, groupBy: ['divisionId'], isFlattened: true })[0]).toMatch(
      /^division-a,division-b /,
    );
  });

  test('of a queue do not count the customer who connected before there was a queue', () => {
    const customer = [
      ...joined('09:00', 1, { purpose: 'customer' }),
      phase('09:00', 1, 'interact', undefined),
      { kind: 'connected', atMs: at('09:00'), session: 1 } as const,
      closed('09:10', 1, { queueId: queue }),
    ];
    const events = customer.map((event) => (event.kind === 'phaseStarted' ? { ...event, queueId: undefined } : event));
    expect(figureLines([conversation(...events)], { metrics: ['nConnected'], groupBy: ['queueId'] })).toEqual([
      'nConnected: 1',
    ]);
  });

  test('by what is seldom asked are found as well', () => {
    const call = conversation(...talk('09:00', '09:10'));
    expect(
      figureLines([call, call], { ...handle, groupBy: ['conversationId'] }).map((line) => line.split(' ')[0]),
    ).toEqual(['conversation-1', 'conversation-2']);
  });

  test(`beyond ${resultLimit} with their intervals are refused`, () => {
    const seconds = resultLimit / 4;
    const busy = (session: number) => [
      ...joined('00:00', session),
      ...Array.from({ length: seconds }, (_, n) => ({ kind: 'connected', atMs: day + n * 1_000, session }) as const),
    ];
    const calls = [started('00:00'), ...[1, 2, 3, 4, 5].flatMap(busy), ended('23:00')];
    const asked = { metrics: ['nConnected'], granularity: 'PT1S', groupBy: ['userId'], toMs: day + seconds * 1_000 };
    expect(figureLines([calls], { ...asked, toMs: day + 60_000 })).toHaveLength(300);
    expect(() => figureLines([calls], asked)).toThrow('Result set is larger than result limit');
  });
});

describe('filters', () => {
  const calls = [
    conversation(...answered('09:00:00', '09:00:10', false)),
    conversation(...unanswered('09:05', '09:06', 'abandoned', 1, otherQueue)),
    conversation(...talk('09:00', '09:10')),
  ];
  const count = (filter: JsonObject) =>
    figureLines(calls, { metrics: ['nOffered', 'tAnswered', 'tAbandon', 'tHandle'], filter }).map(
      (line) => line.split(':')[0],
    );

  test.each<[string, JsonObject, string[]]>([
    [
      'one dimension',
      { type: 'and', predicates: [{ dimension: 'queueId', value: otherQueue }] },
      ['nOffered', 'tAbandon'],
    ],
    [
      'two that both must hold',
      {
        type: 'and',
        predicates: [
          { dimension: 'queueId', value: queue },
          { dimension: 'userId', value: 'user-2' },
        ],
      },
      ['tAnswered'],
    ],
    [
      'one of two',
      {
        type: 'or',
        predicates: [
          { dimension: 'queueId', value: otherQueue },
          { dimension: 'userId', value: 'user-1' },
        ],
      },
      ['nOffered', 'tAbandon', 'tHandle'],
    ],
    ['existence', { type: 'and', predicates: [{ dimension: 'userId', operator: 'exists' }] }, ['tAnswered', 'tHandle']],
    [
      'absence',
      { type: 'and', predicates: [{ dimension: 'userId', operator: 'notExists' }] },
      ['nOffered', 'tAbandon'],
    ],
    [
      'clauses',
      {
        type: 'and',
        predicates: [{ dimension: 'mediaType', value: 'voice' }],
        clauses: [
          {
            type: 'or',
            predicates: [
              { dimension: 'purpose', value: 'acd' },
              { dimension: 'userId', value: 'user-2' },
            ],
          },
        ],
      },
      ['nOffered', 'tAbandon', 'tAnswered'],
    ],
  ])('keep sessions by %s', (_what, filter, expected) => {
    expect(count(filter)).toEqual(expected);
  });
});

test('a view counts the values from its lower bound to less than its upper one', () => {
  const waits = ['09:05:05', '09:05:10', '09:05:09'].map((to) =>
    conversation(...unanswered('09:05:00', to, 'abandoned')),
  );
  const view = { name: 'tKindOfShort', target: 'tAbandon', function: 'rangeBound', range: { gte: 5_000, lt: 10_000 } };
  expect(figureLines(waits, { metrics: ['tAbandon'], views: [view] })).toEqual([
    'tAbandon: 3 of 24000 (5000 to 10000)',
    'tKindOfShort: 2 of 14000 (5000 to 9000)',
  ]);
});
