import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecordScanner } from '../../src/genesys/http/record-scanner.js';

const tooLarge = (bytesMax: number) => new Error(`more than ${bytesMax} bytes`);

/** Scans `text` in pieces of `size` bytes; gives the records and the rest as they were parsed. */
function scan(text: string, size = 7, bytesMax = 1_000_000) {
  const records: unknown[] = [];
  const scanner = new RecordScanner({
    key: 'records',
    bytesMax,
    tooLarge,
    onRecord: (bytes) => records.push(JSON.parse(bytes.toString('utf8'))),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
  return { records, rest: scanner.end() };
}

describe('records are taken out of the document', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  const spaces = fc.constantFrom('', ' ', '\n', '\t ');

  test('all of them in order, whatever they are and wherever the bytes are cut; the rest parses without them', () => {
    const others = fc.dictionary(
      fc.string().filter((key) => key !== 'records' && key !== '__proto__'),
      json,
    );
    fc.assert(
      fc.property(
        fc.array(json),
        others,
        others,
        fc.integer({ min: 1, max: 50 }),
        spaces,
        (list, before, after, size, gap) => {
          const members = (part: object) =>
            Object.entries(part).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
          const array = `[${gap}${list.map((each) => JSON.stringify(each)).join(`${gap},${gap}`)}${gap}]`;
          const text = `{${[...members(before), `"records"${gap}:${gap}${array}`, ...members(after)].join(',')}}`;
          const { records, rest } = scan(text, size);
          expect(records).toEqual(list.map((each) => JSON.parse(JSON.stringify(each))));
          expect(JSON.parse(rest)).toEqual({ ...JSON.parse(text), records: [] });
        },
      ),
    );
  });

  test('but not those of a list of the same name deeper down, nor what a text only looks like', () => {
    const document = { a: { records: [1] }, 'x","records': [2], text: '{"records":[3]}', list: ['"records":[4'] };
    const { records, rest } = scan(JSON.stringify(document));
    expect(records).toEqual([]);
    expect(JSON.parse(rest)).toEqual(document);
  });

  test('a document without the list, or with something else in its place, is all rest', () => {
    for (const text of [
      '{}',
      '[]',
      '{"records":null}',
      '{"records":"[1,2]"}',
      '[{"records":[1]}]',
      '<html>[1]</html>',
    ]) {
      expect(scan(text)).toEqual({ records: [], rest: text });
    }
  });
});

describe('an incomplete document', () => {
  test('leaves a rest that does not parse, wherever it was cut off', () => {
    const text = '{"a":1,"records":[{"b":"x]"},{"c":[2]}],"d":3}';
    for (let length = 1; length < text.length; length += 1) {
      expect(() => JSON.parse(scan(text.slice(0, length)).rest), text.slice(0, length)).toThrow();
    }
  });

  test('gives the record between two commas as it is, so that its parser notices', () => {
    expect(() => scan('{"records":[1,,2]}')).toThrow(SyntaxError);
    expect(() => scan('{"records":[1,]}')).toThrow(SyntaxError);
    expect(() => scan('{"records":[{]}')).not.toThrow();
    expect(() => JSON.parse(scan('{"records":[{]}').rest)).toThrow();
  });
});

test('a record or a rest beyond the bound is refused, many records that are within it are not', () => {
  const long = 'x'.repeat(1_000);
  expect(() => scan(`{"records":["${long}"]}`, 100, 900)).toThrow('more than 900 bytes');
  expect(() => scan(`{"a":"${long}","records":[]}`, 100, 900)).toThrow('more than 900 bytes');
  expect(scan(`{"records":[${Array(50).fill(`"${'y'.repeat(100)}"`)}]}`, 100, 900).records).toHaveLength(50);
});
