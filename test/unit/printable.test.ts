import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bar, renderRows, table } from '../../src/cli/app/table.js';
import { csvLine } from '../../src/lib/csv.js';
import { createLog } from '../../src/lib/log.js';
import { printable, printableJson } from '../../src/lib/printable.js';
import { quote } from '../../src/lib/text.js';

const esc = '\u001b';
const hostile = `${esc}[2J${esc}[31mRED${esc}]0;pwned\u0007`;
/** Everything that a terminal acts on or that turns the direction of text. */
const acting = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

describe('a text for people', () => {
  test('shows controls, C1 and marks of direction as numbers, and every other character as it is', () => {
    expect(printable(hostile)).toBe('\\u{1b}[2J\\u{1b}[31mRED\\u{1b}]0;pwned\\u{7}');
    expect(printable('a\u009bb\u202ec\u2066d\u007fe\nf\rg\th')).toBe(
      'a\\u{9b}b\\u{202e}c\\u{2066}d\\u{7f}e\\u{a}f\\u{d}g\\u{9}h',
    );
    expect(printable('\ud800 \u{e0041}')).toBe('\\u{d800} \\u{e0041}');
    const ordinary = 'Ünïcödé 客服 خدمة العملاء 👩‍👩‍👧 – “x”';
    expect(printable(ordinary)).toBe(ordinary);
  });

  test('never holds what a terminal acts on, whatever it was made of, and is never wider than it may be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.integer({ min: 1, max: 40 }), (text, widthMax) => {
        const shown = printable(text, { widthMax });
        return !acting.test(shown) && [...shown].length <= widthMax;
      }),
    );
    expect([...printable('x'.repeat(300_000), { widthMax: 10 })].join('')).toBe('xxxxxxxxx…');
  });

  test('may keep its lines, but no carriage return, which would write over them', () => {
    expect(printable('one\n\ttwo\rthree', { keepsLines: true })).toBe('one\n\ttwo\\u{d}three');
  });

  test('as JSON means the same as before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = printableJson(JSON.stringify({ text }));
        return !acting.test(json) && JSON.parse(json).text === text;
      }),
    );
    expect(quote('a\u009b\u202e')).toBe('"a\\u009b\\u202e"');
  });
});

describe('a table', () => {
  test('has cells without escapes, of a bounded width, aligned by characters', () => {
    const text = table(
      ['name', 'count'],
      [
        [hostile, 1],
        ['x'.repeat(300_000), 20],
        ['👋 queue', null],
      ],
    );
    expect(text.replaceAll('\n', '')).not.toMatch(acting);
    expect(
      text
        .split('\n')
        .map((line) => [...line].length)
        .every((length) => length <= 207),
    ).toBe(true);
    expect(text.split('\n')).toHaveLength(4);
    expect(
      table(
        ['a', 'b'],
        [
          ['é', 5],
          ['👋', 10],
        ],
      ),
    ).toBe('a   b\né   5\n👋  10');
  });

  test('shows a share as a bar', () => {
    expect([bar(0), bar(0.001), bar(2)]).toEqual(['·'.repeat(20), `█${'·'.repeat(19)}`, '█'.repeat(20)]);
  });
});

describe('rows', () => {
  const rows = [{ name: '=cmd|calc', ids: ['a', 'b'], hidden: 1, open_count: 3 }];
  const columns = [
    { name: 'name', of: (row: (typeof rows)[0]) => row.name },
    { name: 'ids', of: (row: (typeof rows)[0]) => row.ids, inTable: (row: (typeof rows)[0]) => row.ids[0] },
    { name: 'hidden', of: (row: (typeof rows)[0]) => row.hidden, isHiddenInTable: true as const },
    { name: 'open_count', of: (row: (typeof rows)[0]) => row.open_count },
  ];

  test('are one table, CSV with a header or JSON', () => {
    expect(renderRows('table', columns, rows)).toBe('name       ids  open\n=cmd|calc  a       3');
    expect(renderRows('csv', columns, rows)).toBe("name,ids,hidden,open_count\n'=cmd|calc,a b,1,3");
    expect(JSON.parse(renderRows('json', columns, rows))).toEqual(rows);
  });

  test('of CSV hold no formula in a text, while numbers stay numbers', () => {
    const texts = ["=cmd|' /C calc'!A0", '@SUM(1)', '+1+1', '-1', '\tx', '\r=1', '\n=1', '＝1'];
    for (const text of texts) expect(csvLine([text])).toMatch(/^"?'/);
    expect(csvLine([-1, 2.5, null, 'a=b', 'say "x", y', true])).toBe('-1,2.5,,a=b,"say ""x"", y",true');
  });
});

describe('a line of the log', () => {
  const written = (terminal: boolean, write: (log: ReturnType<typeof createLog>) => void) => {
    const lines: string[] = [];
    write(createLog({ level: 'info', terminal, destination: { write: (line) => lines.push(line) } }));
    return lines.join('');
  };

  test('on a terminal shows names as text, so that nobody can write lines or colours of his own', () => {
    const text = written(true, (log) => log.info({ queue: hostile }, `Queue ${hostile}\n[12:00:00] ERROR: forged`));
    expect(text.trimEnd()).not.toMatch(acting);
    expect(text).toContain('\\u{1b}[2J');
    expect(written(true, (log) => log.error({ error: new Error('x') }, 'failed'))).toMatch(/\n\s+at /);
  });

  test('in a file has escapes of JSON, which mean the same to a program', () => {
    const line = written(false, (log) => log.info(`a\u009bb\u202e${esc}`));
    expect(line.trimEnd()).not.toMatch(acting);
    expect(JSON.parse(line).msg).toBe(`a\u009bb\u202e${esc}`);
  });
});
