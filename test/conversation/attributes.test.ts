import { describe, expect, test } from 'vitest';
import { attributeRows, attributesText, moveAttributes } from '../../src/conversation/attributes.js';

describe('attributes put to another version of the conversation', () => {
  const rows = [...attributeRows(1, { a: '1' }), ...attributeRows(2, { b: '2' })];
  const places = (moved: ReturnType<typeof moveAttributes>) => moved.rows.map((row) => [row.participantNo, row.name]);

  test('follow the participant id', () => {
    const moved = moveAttributes(rows, ['p', 'q'], ['q', 'r', 'p']);
    expect(places(moved)).toEqual([
      [3, 'a'],
      [1, 'b'],
    ]);
    expect(moved.isComplete).toBe(true);
  });

  test('are left out, and reported as such, when the participant is gone', () => {
    const moved = moveAttributes(rows, ['p', 'q'], ['q', 'r']);
    expect(places(moved)).toEqual([[1, 'b']]);
    expect(moved.isComplete).toBe(false);
  });

  test('follow the position where neither side has an id', () => {
    expect(places(moveAttributes(rows, [null, null], ['p', null]))).toEqual([[2, 'b']]);
  });

  test('go to the same one of several participants with one id', () => {
    expect(places(moveAttributes(rows, ['p', 'p'], ['q', 'p', 'p']))).toEqual([
      [2, 'a'],
      [3, 'b'],
    ]);
  });
});

test('the text of attributes is the same whatever the order of participants', () => {
  const [one, two] = [{ a: '1' }, { b: '2' }];
  const text = attributesText([...attributeRows(1, one), ...attributeRows(2, two)], ['p', 'q']);
  expect(attributesText([...attributeRows(1, two), ...attributeRows(2, one)], ['q', 'p'])).toBe(text);
  expect(attributesText([...attributeRows(1, one), ...attributeRows(2, two)], ['q', 'p'])).not.toBe(text);
});
