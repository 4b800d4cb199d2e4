import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseInstant } from '../../src/values/instant.js';
import { instantText } from './arbitraries.js';

test('the notation of the API is read to the millisecond in every year', () => {
  const date = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(date, (at) => {
      expect(parseInstant(at.toISOString())).toEqual({ epochMs: at.getTime(), isCanonical: true });
    }),
    { numRuns: 1_000 },
  );
});

test('other notations are read to the millisecond, but are not canonical', () => {
  fc.assert(
    fc.property(instantText, (text) => {
      const expected = new Date(text.replace(/\.(?!\d)/, '')).getTime();
      expect(Math.floor(parseInstant(text)?.epochMs ?? Number.NaN)).toBe(expected);
    }),
    { numRuns: 1_000 },
  );
});

test('microseconds are kept, finer digits cut off', () => {
  expect(parseInstant('2026-01-01T00:00:00.000001999Z')).toEqual({
    epochMs: Date.UTC(2026, 0, 1) + 0.001,
    isCanonical: false,
  });
});

test.each([
  '2021-04-2T15:30:51.418Z',
  '2021-04-31T15:30:51.418Z',
  '2021-02-29T15:30:51.418Z',
  '1900-02-29T15:30:51.418Z',
  '2021-13-01T15:30:51.418Z',
  '2021-00-01T15:30:51.418Z',
  '2021-01-00T15:30:51.418Z',
  '2021-01-01T24:00:00.000Z',
  '2021-01-01T23:60:00.000Z',
  '2021-01-01T23:59:60.000Z',
  '2021-01-01T23:59:59.0000000000Z',
  '2021-01-01T23:59:59.000',
  '2021-01-01T23:59:59',
  '2021-01-01 23:59:59.000Z',
  '2021-01-01T23:59:59.000+24:00',
  '2021-01-01T23:59:59.000z',
  '+002021-01-01T23:59:59Z',
  '2021-01-01T23:59:59.0 0Z',
  '2021-01-01T23:59:5 .000Z',
  '2021-01-01',
  '2021',
  '1614849051418',
  'Thu, 04 Mar 2021 09:10:51 GMT',
  '',
])('what is not an instant is not read: %s', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});
