import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/**
 * Words that are not terms of the field, with the terms of docs/glossary.md that replace them. Matched without regard to case, also as parts of
 * identifiers written in camel case.
 */
const banned: readonly { readonly words: RegExp; readonly use: string }[] = [
  { words: /\b(owe|owes|owed|owing)\b/i, use: 'pending, due' },
  { words: /\b(tell|tells|told|telling|untold)\b/i, use: 'report, return, show, distinguish' },
  { words: /\banew\b/i, use: 'again, recompute' },
  { words: /\bvouch(es|ed)?\b/i, use: 'valid as of' },
  { words: /\bmend(s|ed|ing)?\b/i, use: 'fix, resolve' },
  { words: /\bheal(s|ed|ing)?\b/i, use: 'fix, pull again' },
  { words: /\bjudg(e|es|ed|ing|ment)\b/i, use: 'evaluate, compare' },
  { words: /\bwhoever\b/i, use: 'the caller, a role, a person who' },
  { words: /\b(go|goes|going|gone|went) on\b/i, use: 'continue, resume' },
  { words: /\bin hand\b/i, use: 'claimed, current' },
  { words: /\bin force\b/i, use: 'active, current' },
  { words: /\bfor good\b/i, use: 'permanently' },
  { words: /\bat the most\b/i, use: 'at most' },
  { words: /(?<!\bthere )\b(is|are|was|were) no\b(?! (longer|more))/i, use: 'is not a' },
  { words: /\bbut for\b/i, use: 'except' },
  { words: /\b(stand|stands|stood)\b/i, use: 'is, is stored, means' },
  { words: /\bby (itself|themselves)\b/i, use: 'automatically, alone' },
  { words: /\bmisfit\b/i, use: 'lossy value' },
  { words: /\bcompanions?\b/i, use: 'the names themselves' },
  { words: /\b(rage|calm|weather|tally|tallies)\b/i, use: 'faults, convergence, schedule, counters' },
  { words: /\bhand(s|ed|ing)? over\b/i, use: 'pass, reassign, transfer' },
  { words: /\bunread\b/i, use: 'not read, not counted' },
  { words: /\bnow and then\b/i, use: 'at intervals, occasionally' },
  { words: /\bfor ever\b/i, use: 'permanently, without limit' },
  { words: /\bin the midst\b/i, use: 'during' },
  { words: /\blet(s|ting)? go of\b/i, use: 'release' },
  { words: /\b(strike|strikes|struck) off\b/i, use: 'remove, mark as done' },
  { words: /\b(what|whatever) (comes|came) of\b/i, use: 'outcome' },
  { words: /\bto be had\b/i, use: 'available' },
  { words: /\b(riddle|overheard)\b/i, use: 'the fact itself, intercepted' },
  { words: /\breach(es)? an index\b/i, use: 'use an index' },
];
/** A docstring says what its subject does or is; it begins with a verb or a noun. */
const docstring = /\/\*\*\s*(?:\*\s*)?(What|Who(?:ever)?|Whether|Which|Where|When|How|Why|The same|Of)\b/;

const root = new URL('../../', import.meta.url).pathname;
const folders = ['src', 'sql', 'test', 'docs', 'scripts', 'deploy', '.ci'];
const pages = ['README.md', 'CONTRIBUTING.md'];
const isText = /(^\.ci\/\w+|\.(ts|tsx|mts|mjs|js|sql|md|ya?ml|css|html|sh))$/;
/**
 * Not checked: this list; names of the simulated organization, which are data and part of the stored release databases; the changelog, which
 * quotes texts of former versions; migrations, which never change once they have landed (a later one replaces their comments).
 */
const exempt = new Set(['test/unit/words.test.ts', 'src/sandbox/world/organization/names.ts']);
/** Names of flow outcomes of the simulated organization, where output is quoted. */
const dataNames = /\b(Balance|Order status) told\b/g;

function textFiles(): string[] {
  const inFolders = folders.flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length)),
  );
  return [...inFolders, ...pages].filter((path) => isText.test(path) && !exempt.has(path)).sort();
}

/** Returns each banned word of a text as `line: word (use …)`. */
function violations(text: string): string[] {
  const lines = text.replace(dataNames, '').split('\n');
  const found = lines.flatMap((line, index) => {
    const words = line.replace(/([a-z])([A-Z])/g, '$1 $2');
    return banned.flatMap(({ words: pattern, use }) => {
      const word = pattern.exec(words)?.[0];
      return word === undefined ? [] : [`${index + 1}: ${word} (use ${use})`];
    });
  });
  const starts = [...text.matchAll(new RegExp(docstring, 'g'))].map(
    (match) => `${text.slice(0, match.index).split('\n').length}: a docstring that begins with ${match[1]}`,
  );
  return [...found, ...starts];
}

describe('the words of code, tests and documents', () => {
  test('are terms of the field', () => {
    const found = textFiles().flatMap((path) =>
      violations(readFileSync(root + path, 'utf8')).map((each) => `${path}:${each}`),
    );
    expect(found).toEqual([]);
  });

  test('are read from every area', () => {
    const areas = new Set(textFiles().map((path) => path.split('/')[0]));
    expect([...areas]).toEqual(expect.arrayContaining([...folders, ...pages]));
  });

  test.each([
    ['the slice stays owed', 'owed'],
    ['const isInHand = true;', 'In Hand'],
    ['readToldMs(', 'Told'],
    ['a user is no agent', 'is no'],
    ['/** Whether it is there. */', 'Whether'],
    ['/**\n * The same for users.\n */', 'The same'],
    ['/** How many there are. */', 'How'],
    ['/** Where it begins. */', 'Where'],
  ])('%j is found', (text, word) => {
    expect(violations(text).join()).toContain(word);
  });

  test.each([
    ['understand'],
    ['there is no queue'],
    ['it is no longer open'],
    ['healthy'],
    ['amended'],
    ['/** Returns it. */'],
  ])('%j is not', (text) => {
    expect(violations(text)).toEqual([]);
  });
});
