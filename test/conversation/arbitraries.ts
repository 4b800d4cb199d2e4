/** Conversation records as nobody would write them: every key of the shape and others, with every kind of value. */

import fc from 'fast-check';
import { conversationShape, participantAttributes, type TableShape } from '../../src/conversation/record-schema.js';
import type { FieldType } from '../../src/values/columns.js';

type Json = fc.Arbitrary<unknown>;

const oddUnits = [
  'a',
  'Z',
  '0',
  'e',
  ' ',
  '"',
  '\\',
  '\n',
  '\u0000',
  '\u0001',
  '\u2028',
  'é',
  '😀',
  '\ud83d',
  '\ude00',
  '\ue000',
  '\ufffd',
];

/** Texts with characters that Postgres cannot store, and with what looks like their escapes. */
export const oddText = fc.oneof(
  { weight: 3, arbitrary: fc.string() },
  fc
    .array(fc.constantFrom(...oddUnits, '\ue0000000', '\\u0000', 'ud800'), { maxLength: 8 })
    .map((units) => units.join('')),
  fc.string({ unit: 'binary' }),
);

const oddNumber = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    0,
    0.5,
    -0.5,
    2 ** 53,
    2 ** 63,
    -(2 ** 63),
    1e21,
    1.7976931348623157e308,
    5e-324,
    5_173_038_302,
    1604.25,
  ),
);

const uuid = fc.uuid();

const oddKey = fc.oneof(
  oddText,
  fc.constantFrom('__proto__', 'constructor', 'toString', 'extra', 'as_of', 'participant_no', 'name', 'value', ''),
  fc.constantFrom('conversationid', 'segment_start', 'asOf', 'participantNo', 'attributes', 'sessions', 'segments'),
);

export const anyJson: Json = fc.oneof(
  { maxDepth: 3 },
  fc.constant(null),
  fc.boolean(),
  oddNumber,
  oddText,
  fc.constantFrom([], {}, [[]], [{}], [null]),
  fc.array(fc.oneof(oddText, oddNumber, fc.constant(null)), { maxLength: 4 }),
  fc.dictionary(oddKey, fc.oneof(oddText, oddNumber, fc.constant(null)), { maxKeys: 4, noNullPrototype: true }),
);

/** Instants in every notation that is one: other than that, a text in a time field makes a record unstorable. */
export const instantText = fc
  .tuple(
    fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true }),
    fc.constantFrom('.SSSZ', '.SSSZ', '.SSSZ', 'Z', '.SZ', '.SSSSSSZ', '.SSSSSSSSSZ', '.SSS+02:00', '-0930', '.Z'),
    fc.integer({ min: 0, max: 999_999_999 }),
  )
  .map(([date, notation, nanoseconds]) => {
    const digits = String(nanoseconds).padStart(9, '0');
    const fraction = notation.replace(/S+/, (places) => digits.slice(0, places.length));
    return date.toISOString().slice(0, 19) + fraction;
  });

const notText = anyJson.filter((value) => typeof value !== 'string');

const fitting: Record<FieldType, Json> = {
  time: instantText,
  bigint: fc.maxSafeInteger(),
  float: fc.double({ noNaN: true, noDefaultInfinity: true }),
  uuid: fc.oneof(
    { weight: 3, arbitrary: uuid },
    uuid.map((id) => id.toUpperCase()),
  ),
  boolean: fc.boolean(),
  text: oddText,
  texts: fc.array(oddText, { maxLength: 3 }),
  bigints: fc.array(oddNumber, { maxLength: 3 }),
  json: fc.array(fc.dictionary(oddKey, anyJson, { maxKeys: 3, noNullPrototype: true }), { maxLength: 2 }),
};

function fieldValue(type: FieldType): Json {
  return fc.oneof({ weight: 5, arbitrary: fitting[type] }, type === 'time' ? notText : anyJson);
}

const attributes = fc.oneof(
  { weight: 4, arbitrary: fc.dictionary(oddKey, fc.oneof({ weight: 4, arbitrary: oddText }, anyJson), { maxKeys: 5 }) },
  anyJson,
);

/** An object of this shape: some of its keys, some unknown ones. */
function objectOf(shape: TableShape): fc.Arbitrary<Record<string, unknown>> {
  const entries: fc.Arbitrary<[string, unknown]>[] = Object.entries(shape.fields).map(([key, type]) =>
    fc.tuple(fc.constant(key), fieldValue(type)),
  );
  for (const [key, child] of Object.entries(shape.lists)) entries.push(fc.tuple(fc.constant(key), listOf(child)));
  for (const [key, child] of Object.entries(shape.objects)) {
    entries.push(fc.tuple(fc.constant(key), fc.oneof({ weight: 5, arbitrary: objectOf(child) }, anyJson)));
  }
  if (participantAttributes.positions[0] === shape.positions[0] && shape.positions.length === 1) {
    entries.push(fc.tuple(fc.constant('attributes'), attributes));
  }
  const known = fc.array(fc.oneof(...entries), { maxLength: 8 });
  const lists = Object.entries(shape.lists).map(([key, child]) => fc.tuple(fc.constant(key), listOf(child)));
  const unknown = fc.array(fc.tuple(oddKey, anyJson), { maxLength: 2 });
  return fc
    .tuple(known, fc.tuple(...lists), unknown)
    .map(([some, all, others]) => fromEntries(shape, [...others, ...all, ...some]));
}

/** Without invalid instants, which unknown keys could bring under the name of a time field. */
function fromEntries(shape: TableShape, entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const isStray = ([key, value]: readonly [string, unknown]): boolean =>
    shape.fields[key] === 'time' && typeof value === 'string' && !/^\d{4}-\d\d-\d\dT/.test(value);
  const object: Record<string, unknown> = {};
  for (const entry of entries.filter((each) => !isStray(each))) {
    Object.defineProperty(object, entry[0], { value: entry[1], enumerable: true, configurable: true, writable: true });
  }
  return object;
}

function listOf(shape: TableShape): Json {
  return fc.oneof({ weight: 8, arbitrary: fc.array(objectOf(shape), { maxLength: 3 }) }, anyJson);
}

/** Records that can be stored, with ids drawn by the caller's seed and starts in two years. */
export const anyRecord: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    objectOf(conversationShape),
    fc.oneof(
      { weight: 5, arbitrary: uuid },
      uuid.map((id) => id.toUpperCase()),
    ),
    fc.date({ min: new Date('2025-01-01T00:00:00Z'), max: new Date('2026-12-31T00:00:00Z'), noInvalidDate: true }),
    fc.constantFrom('.SSSZ', '.SSSZ', '.SSS123Z', 'Z', '.SSS+05:30'),
  )
  .map(([object, conversationId, date, notation]) => {
    const [seconds, milliseconds] = [date.toISOString().slice(0, 19), date.toISOString().slice(20, 23)];
    const conversationStart = seconds + notation.replace('SSS', milliseconds);
    // Once through JSON, for what the program sees is always what a parser made.
    return JSON.parse(JSON.stringify({ ...object, conversationId, conversationStart })) as Record<string, unknown>;
  });

/** Returns JSON with sorted keys: equal for equal values of any prototypes; like JSON numbers, it does not distinguish -0 from 0. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    const sorted: Record<string, unknown> = Object.create(null);
    for (const key of Object.keys(item).sort()) sorted[key] = (item as Record<string, unknown>)[key];
    return sorted;
  });
}
