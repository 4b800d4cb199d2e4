import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flatten, RecordError } from '../../src/conversation/flatten.js';
import { columnIndex, relations } from '../../src/conversation/relations.js';
import type { ColumnValue } from '../../src/values/columns.js';
import { anyRecord, canonicalText } from './arbitraries.js';

const conversationId = '0f8fad5b-d9cb-469f-a165-70867728950e';
const conversationStart = '2026-03-04T05:06:07.089Z';

function recordWith(more: Record<string, unknown>): Record<string, unknown> {
  return { conversationId, conversationStart, ...more };
}

function recordWithSegment(segment: unknown, purpose = 'customer'): Record<string, unknown> {
  return recordWith({
    conversationEnd: '2026-03-04T05:10:00.000Z',
    participants: [{ purpose, sessions: [{ segments: [segment] }] }],
  });
}

/** The values of one column, and of `extra`, in the order of the rows. */
function column(record: unknown, relationName: string, name: string): ColumnValue[] {
  const relation = relations.find((each) => each.name === relationName);
  if (relation === undefined) throw new Error(`no relation ${relationName}`);
  return (flatten(record).rows[relation.index] ?? []).map((row) => row[columnIndex(relation, name)] as ColumnValue);
}

describe('a record', () => {
  test('comes back from its rows key for key, whatever it holds', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(canonicalText(flatten(record).record)).toBe(canonicalText(record));
      }),
      { numRuns: 300 },
    );
  });

  test('does not change when it is flattened', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const before = canonicalText(record);
        flatten(record);
        expect(canonicalText(record)).toBe(before);
      }),
      { numRuns: 50 },
    );
  });

  test('gives each object a row, positioned from 1', () => {
    const record = recordWith({ participants: [{}, { sessions: [{}, { segments: [{}, {}] }] }] });
    expect(column(record, 'participants', 'participant_no')).toEqual([1, 2]);
    expect(column(record, 'sessions', 'session_no')).toEqual([1, 2]);
    expect(column(record, 'segments', 'session_no')).toEqual([2, 2]);
    expect(column(record, 'segments', 'segment_no')).toEqual([1, 2]);
  });

  test('keeps what it does not know in extra', () => {
    expect(column(recordWith({ newKey: { deep: [1] } }), 'conversations', 'extra')).toEqual([
      { newKey: { deep: [1] } },
    ]);
  });

  test('needs no extra when everything fits', () => {
    const record = recordWithSegment({
      segmentStart: conversationStart,
      segmentType: 'interact',
      queueId: conversationId,
    });
    expect(column(record, 'segments', 'extra')).toEqual([null]);
    expect(column(record, 'conversations', 'extra')).toEqual([null]);
  });
});

describe('a value that its column cannot give back', () => {
  const cases: [string, string, unknown, ColumnValue][] = [
    ['an upper-case id', 'queueId', conversationId.toUpperCase(), conversationId],
    ['an id that is not a UUID', 'queueId', 'queue-1', null],
    [
      'a time with microseconds',
      'segmentStart',
      '2026-03-04T05:06:07.089123Z',
      Date.UTC(2026, 2, 4, 5, 6, 7, 89) + 0.123,
    ],
    ['a time without fraction', 'segmentStart', '2026-03-04T05:06:07Z', Date.UTC(2026, 2, 4, 5, 6, 7)],
    ['a time with an offset', 'segmentStart', '2026-03-04T07:06:07.089+02:00', Date.UTC(2026, 2, 4, 5, 6, 7, 89)],
    ['a time as a number', 'segmentStart', 1_772_600_767_089, null],
    ['an explicit null', 'wrapUpCode', null, null],
    ['a number where text belongs', 'wrapUpCode', 17, null],
    ['text where a flag belongs', 'conference', 'true', null],
    ['a fraction among whole numbers', 'sipResponseCodes', [200, 1.5], [200, 2]],
    ['a number among texts', 'wrapUpTags', ['a', 1], null],
    ['text with U+0000', 'subject', 'a\u0000b', 'a\ufffdb'],
    ['text with half a surrogate pair', 'subject', 'a\ud83d', 'a\ufffd'],
  ];
  test.each(cases)('goes to extra and leaves the nearest reading: %s', (_, key, value, expected) => {
    const record = recordWithSegment({ [key]: value });
    const name = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    expect(column(record, 'segments', name)).toEqual([expected]);
    expect(Object.keys((column(record, 'segments', 'extra')[0] ?? {}) as object)).toEqual([key]);
    expect(canonicalText(flatten(record).record)).toBe(canonicalText(record));
  });

  test('goes to extra when a whole number is beyond bigint, or no number', () => {
    const metrics = (value: unknown) => recordWith({ participants: [{ sessions: [{ metrics: [{ value }] }] }] });
    expect(column(metrics(5_173_038_302), 'session_metrics', 'value')).toEqual([5_173_038_302]);
    expect(column(metrics(2 ** 53), 'session_metrics', 'value')).toEqual([2 ** 53]);
    expect(column(metrics(1e300), 'session_metrics', 'value')).toEqual([null]);
    expect(column(metrics('5'), 'session_metrics', 'value')).toEqual([null]);
  });

  test.each([[[]], ['text'], [[{}, 1]], [null]])(
    'goes to extra when it is not a list of objects: %j',
    (participants) => {
      expect(column(recordWith({ participants }), 'participants', 'participant_no')).toEqual([]);
      expect(column(recordWith({ participants }), 'conversations', 'extra')).toEqual([{ participants }]);
    },
  );

  test('goes to extra from where a list is longer than positions can count, and comes back in its place', () => {
    const participants = Array.from({ length: 32_770 }, (_, index) => ({ participantName: `P${index + 1}` }));
    const record = recordWith({ participants });
    expect(column(record, 'participants', 'participant_no').at(-1)).toBe(32_767);
    expect(column(record, 'conversations', 'extra')).toEqual([
      { participants: ['P32768', 'P32769', 'P32770'].map((participantName) => ({ participantName })) },
    ]);
    expect(canonicalText(flatten(record).record)).toBe(canonicalText(record));
    participants.length = 32_767;
    expect(column(record, 'conversations', 'extra')).toEqual([null]);
  });
});

describe('a record that cannot be stored', () => {
  const cases: [string, unknown, string][] = [
    ['no object', [], 'The record is a list, not an object.'],
    ['no id', { conversationStart }, 'conversationId is undefined, which is not a UUID.'],
    [
      'an id that is not a UUID',
      { conversationId: 'x', conversationStart },
      'conversationId is "x", which is not a UUID.',
    ],
    ['no start', { conversationId }, 'conversationStart is undefined, which is not a valid instant.'],
    [
      'a start that is not a valid day',
      { conversationId, conversationStart: '2026-02-30T00:00:00.000Z' },
      'conversationStart is "2026-02-30T00:00:00.000Z", which is not a valid instant.',
    ],
    [
      'a time that is not an instant',
      recordWithSegment({ segmentEnd: '2021-04-2T15:30:51.418Z' }),
      `participants[0].sessions[0].segments[0].segmentEnd of conversation ${conversationId} is "2021-04-2T15:30:51.418Z", which is not a valid instant.`,
    ],
    [
      'a number beyond a double',
      recordWith(JSON.parse('{"newKey": [1e999]}') as Record<string, unknown>),
      `newKey of conversation ${conversationId} is a number out of range.`,
    ],
    [
      'a measure beyond a double',
      recordWith(JSON.parse('{"mediaStatsMinConversationMos": -1e999}') as Record<string, unknown>),
      `mediaStatsMinConversationMos of conversation ${conversationId} is a number out of range.`,
    ],
  ];
  test.each(cases)('is refused with a sentence that says what and where: %s', (_, record, message) => {
    expect(() => flatten(record)).toThrow(new RecordError(message));
  });

  test('shows no more of the value than sixty characters', () => {
    expect(() => flatten(recordWithSegment({ segmentEnd: 'x'.repeat(1_000_000) }))).toThrow(
      / is "x{59}…, which is not a valid instant\.$/,
    );
  });

  test('is refused when it is nested too deep to be written as JSON', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    expect(() => flatten(recordWith({ newKey: deep }))).toThrow(
      /^newKey of conversation .* is nested more than 128 levels deep\.$/,
    );
    expect(() => flatten(recordWithSegment({ wrapUpTags: deep }))).toThrow(RecordError);
    expect(() => flatten(recordWithSegment({ properties: deep }))).toThrow(RecordError);
    expect(() => flatten(recordWith({ participants: [{ attributes: { a: deep } }] }))).toThrow(RecordError);
  });

  test('is refused above 16 MiB of JSON, and not below', () => {
    const bytes = (count: number) => recordWithSegment({ subject: 'x'.repeat(count) });
    expect(() => flatten(bytes(16 * 1024 * 1024))).toThrow(/has \d+ bytes of JSON, more than the 16777216 allowed\.$/);
    expect(flatten(bytes(16 * 1024 * 1024 - 1_000)).conversationId).toBe(conversationId);
  });

  test('is refused when it would make more rows than one record may', () => {
    const sessions = Array.from({ length: 10 }, () => ({ segments: Array.from({ length: 30_000 }, () => ({})) }));
    expect(() => flatten(recordWith({ participants: [{ sessions }] }))).toThrow(/beyond the 200000 rows/);
  });
});

describe('a conversation is open', () => {
  const ended = { segmentStart: conversationStart, segmentEnd: conversationStart };
  const unended = { segmentStart: conversationStart };
  test('while it has no end', () => {
    expect(flatten(recordWith({})).isOpen).toBe(true);
    expect(flatten(recordWith({ conversationEnd: null })).isOpen).toBe(true);
  });

  test('while a segment of an agent has no end', () => {
    expect(flatten(recordWithSegment(unended, 'agent')).isOpen).toBe(true);
    expect(flatten(recordWithSegment(unended, 'user')).isOpen).toBe(true);
    expect(flatten(recordWithSegment(ended, 'agent')).isOpen).toBe(false);
  });

  test('not because a segment of somebody else has no end', () => {
    expect(flatten(recordWithSegment(unended, 'customer')).isOpen).toBe(false);
  });
});

describe('attributes', () => {
  test('are apart from the rows, and undefined when no participant has the key', () => {
    expect(flatten(recordWith({ participants: [{ purpose: 'agent' }] })).attributes).toBeUndefined();
    const { attributes } = flatten(
      recordWith({ participants: [{}, { attributes: { b: '2', a: '1' } }, { attributes: {} }] }),
    );
    expect(attributes?.map((row) => [row.participantNo, row.attributeNo, row.name, row.value])).toEqual([
      [2, 1, 'a', '1'],
      [2, 2, 'b', '2'],
      [3, 0, null, null],
    ]);
  });

  test('come in the same order whatever the order of the keys', () => {
    const rows = (attributes: object) => flatten(recordWith({ participants: [{ attributes }] })).attributes;
    expect(rows({ a: '1', b: '2' })).toEqual(rows({ b: '2', a: '1' }));
  });
});
