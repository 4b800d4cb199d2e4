import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decisionEntries, decisionIndex } from '../support/decisions.mjs';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const columnsMax = 100;
const decisionLinesMax = 25;

function pages(): string[] {
  const docs = readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  return ['README.md', 'CONTRIBUTING.md', ...docs];
}

/** Returns the lines of prose with their numbers: no code, tables, images and headings, which cannot be broken. */
function prose(text: string): [number, string][] {
  let isCode = false;
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(```|~~~)/.test(line)) isCode = !isCode;
    const isProse = !isCode && !/^\s*(\||!\[|#)/.test(line) && line.trim().slice(1).includes(' ');
    return isProse ? [[index + 1, line] as [number, string]] : [];
  });
}

describe('documents', () => {
  test(`have lines of at most ${columnsMax} columns`, () => {
    const long = pages().flatMap((path) =>
      prose(read(path)).flatMap(([number, line]) => (line.length > columnsMax ? [`${path}:${number}`] : [])),
    );
    expect(long).toEqual([]);
  });

  test('link only to files that exist', () => {
    const broken = pages().flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].flatMap(([, target]) => {
        try {
          readFileSync(new URL(target as string, new URL(path, root)));
          return [];
        } catch (error) {
          return (error as NodeJS.ErrnoException).code === 'EISDIR' ? [] : [`${path}: ${target}`];
        }
      }),
    );
    expect(broken).toEqual([]);
  });
});

describe('decisions', () => {
  const folder = new URL('docs/decisions/', root);
  const entries = decisionEntries(folder);

  test('have a title, a date and a status', () => {
    const incomplete = entries.filter(
      ({ title, date, status }) =>
        title === '' || !/^\d{4}-\d{2}-\d{2}$/.test(date) || !/^(accepted|replaced|superseded)/.test(status),
    );
    expect(incomplete.map(({ name }) => name)).toEqual([]);
  });

  test(`have at most ${decisionLinesMax} lines below their head`, () => {
    const linesOf = (text: string) =>
      text
        .split(/^(?:Status|Area): .*$/m)
        .at(-1)
        ?.trim() ?? '';
    const long = entries.filter(({ text }) => linesOf(text).split('\n').length > decisionLinesMax);
    expect(long.map(({ name }) => name)).toEqual([]);
  });

  test('have each a number of their own, and are in the index', () => {
    expect(new Set(entries.map(({ number }) => number)).size).toBe(entries.length);
    expect(read('docs/decisions.md')).toBe(decisionIndex(folder));
  });
});

describe('docs/troubleshooting.md', () => {
  const sources = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => read(`src/${name}`))
    .join('\n');
  const messages = [...read('docs/troubleshooting.md').matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell]) =>
    [...(cell as string).matchAll(/`([^`]+)`/g)].map(([, message]) => message as string),
  );

  test('quotes messages of the program only', () => {
    expect(messages.length).toBeGreaterThan(40);
    // What varies is written `…` there and `${…}` in the source.
    const parts = messages
      .flatMap((message) => message.split('…').map((part) => part.trim()))
      .filter((part) => part !== '');
    expect(parts.filter((part) => !sources.includes(part) && !sources.includes(part.replaceAll("'", "\\'")))).toEqual(
      [],
    );
  });
});
