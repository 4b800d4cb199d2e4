import { expect, test } from 'vitest';
import { attributeRows } from '../../src/conversation/attributes.js';
import { addAttributeDifferences, addDifferences } from '../../src/conversation/differences.js';

test.each<[unknown, unknown, string[]]>([
  [{ a: 1 }, { a: 1 }, []],
  [{ a: 1 }, { a: 2 }, ['a']],
  [{ a: 1 }, {}, ['a']],
  [{}, { a: null }, ['a']],
  [{ a: { b: 1, c: 1 } }, { a: { b: 2, d: 1 } }, ['a.b', 'a.c', 'a.d']],
  [{ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 1 }, { b: 3 }] }, ['a.b']],
  [{ a: [1] }, { a: [1, 2] }, ['a']],
  [{ a: [] }, { a: {} }, ['a']],
])('differences are the paths of keys, without positions: %j, %j', (before, after, expected) => {
  const paths = new Set<string>();
  addDifferences(paths, '', before, after);
  expect([...paths].sort()).toEqual(expected);
});

test('differences of attributes name the attribute', () => {
  const paths = new Set<string>();
  const before = { rows: attributeRows(1, { same: '1', other: '2', gone: '3' }), participantIds: ['p'] };
  const after = { rows: attributeRows(2, { same: '1', other: '4', more: '5' }), participantIds: ['q', 'p'] };
  addAttributeDifferences(paths, before, after);
  expect([...paths].sort()).toEqual(['gone', 'more', 'other'].map((name) => `participants.attributes.${name}`));
});
