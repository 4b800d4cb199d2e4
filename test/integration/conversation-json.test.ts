import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { columnOf, conversationShape, type TableShape } from '../../src/conversation/record-schema.js';

function shapes(shape: TableShape): TableShape[] {
  return [shape, ...[...Object.values(shape.lists), ...Object.values(shape.objects)].flatMap(shapes)];
}

test('the function that rebuilds records renders exactly the time columns as times, and no other column of that name exists', () => {
  const text = readFileSync(new URL('../../sql/functions/row_json.sql', import.meta.url), 'utf8');
  const listed = [...(/member\.key in \(([^)]+)\)/.exec(text)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(
    (match) => match[1],
  );
  const fields = shapes(conversationShape).flatMap((shape) => Object.entries(shape.fields));
  const times = new Set(fields.filter(([, type]) => type === 'time').map(([key]) => columnOf(key)));
  const others = new Set(fields.filter(([, type]) => type !== 'time').map(([key]) => columnOf(key)));
  expect(listed.toSorted()).toEqual([...times].toSorted());
  expect([...times].filter((column) => others.has(column))).toEqual([]);
});
