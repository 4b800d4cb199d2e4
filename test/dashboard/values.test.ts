import { describe, expect, test } from 'vitest';
import { RequestFault, valuesFrom } from '../../src/dashboard/values.js';
import type { ParameterType, QueryParameter } from '../../src/model/mart-query.js';

const id = '123e4567-e89b-42d3-a456-426614174000';

function parameter(name: string, type: ParameterType, isOptional = false): QueryParameter {
  return { name, type, isOptional };
}

function read(query: string, ...parameters: QueryParameter[]) {
  return valuesFrom(new URLSearchParams(query), parameters, 'Europe/Berlin');
}

describe('values of an address', () => {
  test('are read by the type that the query declares', () => {
    expect(read('day=2026-02-28', parameter('day', 'day'))).toEqual({ day: '2026-02-28' });
    expect(read('minutes=30', parameter('minutes', 'integer'))).toEqual({ minutes: 30 });
    expect(read(`queues=${id},${id}&queues=${id}`, parameter('queues', 'uuids'))).toEqual({ queues: [id, id, id] });
    expect(read('media=voice', parameter('media', 'texts'))).toEqual({ media: ['voice'] });
  });

  test('a local time is one of the reporting zone, whose name Postgres reads', () => {
    expect(read('from=2026-03-29T01:30', parameter('from', 'instant'))).toEqual({
      from: '2026-03-29T01:30 Europe/Berlin',
    });
    expect(read('from=2026-03-29T01:30:00Z', parameter('from', 'instant'))).toEqual({ from: '2026-03-29T01:30:00Z' });
  });

  test('may be absent only where the query says so; an empty one is absent', () => {
    expect(read('queues=', parameter('queues', 'uuids', true))).toEqual({ queues: undefined });
    expect(() => read('', parameter('day', 'day'))).toThrow(new RequestFault('day is missing.'));
  });

  test.each([
    ['day', '2026-02-30'],
    ['day', '1999-12-31'],
    ['day', "2026-01-01'; drop table x; --"],
    ['day', '2026-01-01&day=2026-01-02'],
    ['instant', '2026-01-01T24:00'],
    ['instant', '2026-01-01T08:00 America/New_York'],
    ['instant', 'now()'],
    ['uuid', `${id}'`],
    ['uuids', `${id},x`],
    ['uuids', Array.from({ length: 201 }, () => id).join(',')],
    ['integer', '-1'],
    ['integer', '1e3'],
    ['integer', '999999'],
    ['text', 'a'.repeat(201)],
    ['text', 'a%00b'],
    ['texts', 'voice%0A'],
  ] as const)('%s refuses %s and says what it takes', (type, value) => {
    expect(() => read(`value=${value.replaceAll(' ', '%20')}`, parameter('value', type))).toThrow(RequestFault);
  });

  test('a name that the query does not declare is refused, the zone included', () => {
    expect(() => read('zone=UTC', parameter('zone', 'zone'))).toThrow('"zone" is not asked for here');
    expect(() => read('sql=select', parameter('day', 'day', true))).toThrow('this query takes day');
  });
});
