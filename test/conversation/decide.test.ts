import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type IncomingVersion, type StoredVersion, settle } from '../../src/conversation/version.js';

const stored: StoredVersion = { asOfMs: 10, contentHash: 'a', attributesAsOfMs: 8, attributesHash: 'x' };
const incoming = (asOfMs: number, contentHash: string, attributesHash?: string): IncomingVersion => ({
  asOfMs,
  contentHash,
  attributes: attributesHash === undefined ? undefined : { asOfMs, hash: attributesHash },
});

describe('content', () => {
  test.each([
    ['is new when nothing is stored', undefined, incoming(1, 'a'), 'new'],
    ['is unchanged when its digest is the same', stored, incoming(11, 'a'), 'unchanged'],
    ['is changed when a newer record differs', stored, incoming(11, 'b'), 'changed'],
    ['is changed when an equally new record differs', stored, incoming(10, 'b'), 'changed'],
    ['is left alone by an older record', stored, incoming(9, 'b'), 'older'],
  ] as const)('%s', (_, before, arrival, expected) => {
    expect(decide(before, arrival).content).toBe(expected);
  });
});

describe('attributes', () => {
  test.each([
    ['stay when a record brings none', stored, incoming(11, 'b'), 'keep'],
    [
      'are written when none are known, even from an older record',
      { ...stored, attributesAsOfMs: null },
      incoming(1, 'b', 'y'),
      'replace',
    ],
    [
      'are replaced by newer ones, even from a record that is older than the content',
      stored,
      incoming(9, 'b', 'y'),
      'replace',
    ],
    ['stay when older ones come', stored, incoming(7, 'b', 'y'), 'keep'],
    ['are confirmed by the same', stored, incoming(11, 'a', 'x'), 'confirm'],
    [
      'are replaced when the stored ones had lost a participant',
      { ...stored, attributesHash: null },
      incoming(11, 'a', 'x'),
      'replace',
    ],
  ] as const)('%s', (_, before, arrival, expected) => {
    expect(decide(before, arrival).attributes).toBe(expected);
  });
});

/** Generates versions of one conversation by as-of instant: the truth at an instant does not depend on the source. */
const versions = fc
  .array(fc.record({ asOfMs: fc.integer({ min: 1, max: 12 }), hasAttributes: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  })
  .chain((list) =>
    fc.record({
      arrivals: fc.shuffledSubarray(list, { minLength: list.length }),
      contentChangesAt: fc.integer({ min: 1, max: 12 }),
      attributesChangeAt: fc.integer({ min: 1, max: 12 }),
    }),
  );

test('in every order of arrival the newest content and the newest attributes remain in the end', () => {
  fc.assert(
    fc.property(versions, ({ arrivals, contentChangesAt, attributesChangeAt }) => {
      const contentAt = (asOfMs: number): string => (asOfMs < contentChangesAt ? 'before' : 'after');
      const attributesAt = (asOfMs: number): string => (asOfMs < attributesChangeAt ? 'before' : 'after');
      let state: StoredVersion | undefined;
      let content = '';
      let attributes: string | null = null;
      for (const { asOfMs, hasAttributes } of arrivals) {
        const arrival = incoming(asOfMs, contentAt(asOfMs), hasAttributes ? attributesAt(asOfMs) : undefined);
        const decision = decide(state, arrival);
        if (decision.content === 'new' || decision.content === 'changed') content = arrival.contentHash;
        if (decision.attributes === 'replace') attributes = arrival.attributes?.hash ?? null;
        state = settle(state, arrival, decision);
      }
      const newest = Math.max(...arrivals.map((each) => each.asOfMs));
      const withAttributes = arrivals.filter((each) => each.hasAttributes).map((each) => each.asOfMs);
      const newestWithAttributes = withAttributes.length === 0 ? null : Math.max(...withAttributes);
      expect(content).toBe(contentAt(newest));
      expect(attributes).toBe(newestWithAttributes === null ? null : attributesAt(newestWithAttributes));
      expect(state).toEqual({
        asOfMs: newest,
        contentHash: content,
        attributesAsOfMs: newestWithAttributes,
        attributesHash: attributes,
      });
    }),
    { numRuns: 2_000 },
  );
});
