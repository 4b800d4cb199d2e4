import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../src/', import.meta.url));

interface Interpolation {
  readonly file: string;
  readonly expression: string;
}

const verbs =
  /\b(?:select\b[\s\S]*\bfrom|insert\s+into|update\s+\S+[\s\S]*\bset|delete\s+from|create\s+(?:temporary\s+)?(?:table|role|view|schema)|drop\s+(?:table|view|role)|alter\s+(?:table|role)|grant\s|set\s+(?:local\s+)?\w+\s*=|copy\s|truncate\s|analyze\s)/i;

/** Literals of template strings of a source text that read like SQL, with what is put into them. Kysely's own tag makes parameters of it. */
function sqlInterpolations(file: string, text: string): Interpolation[] {
  const found: Interpolation[] = [];
  for (const { tag, body } of templates(text)) {
    if (/\bsql(?:<[^`]*>)?$/.test(tag) || !verbs.test(body.replaceAll(/\$\{[^}]*\}/g, 'x'))) continue;
    for (const match of body.matchAll(/\$\{((?:[^{}]|\{[^{}]*\})*)\}/g))
      found.push({ file, expression: (match[1] ?? '').replaceAll(/\s+/g, ' ').trim() });
  }
  return found;
}

/** Returns template literals with the text before them; nested ones are part of their outer ones too. */
function templates(text: string): { tag: string; body: string }[] {
  const found: { tag: string; body: string }[] = [];
  for (const match of text.matchAll(/`((?:[^`\\]|\\.|\$\{(?:[^`{}]|`[^`]*`|\{[^{}]*\})*\})*)`/g))
    found.push({ tag: text.slice(Math.max(0, match.index - 80), match.index), body: match[1] ?? '' });
  return found;
}

/**
 * Expressions allowed in SQL besides parameters, each reviewed: names that this program itself gives (from its lists of tables and columns, or from
 * the catalogue and quoted), its own constants, fragments made of these, and literals that the driver or `toISOString` writes.
 */
const audited: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(new URL('./audited-sql.json', import.meta.url), 'utf8'),
);

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !file.startsWith('sandbox/'))
  .sort();

const all = files.flatMap((file) => sqlInterpolations(file, readFileSync(source + file, 'utf8')));

test('nothing is put into SQL but parameters, names that the program itself gives, and fragments that were looked at', () => {
  const strange = all.filter(({ file, expression }) => !(audited[file] ?? []).includes(expression));
  expect(strange.map(({ file, expression }) => `${file}: ${expression}`)).toEqual([]);
});

test('the search itself finds what it is for', () => {
  const sample = ['(`select * from genesys.users where name = ', '{name}`); sql`select ', '{name} from x`'].join('$');
  expect(sqlInterpolations('sample', sample)).toEqual([{ file: 'sample', expression: 'name' }]);
});
