/** Reads the functions and views of folder `sql`, one per file, and finds those that an earlier `migrate` built from other text. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type AttributeColumn, withAttributeColumns } from './attribute-columns.js';
import { checksText, hasInnerChecks, withInnerChecks } from './division-check.js';

const sqlDirectory = fileURLToPath(new URL('../../../sql/', import.meta.url));
const timeZonePlaceholder = '{{time_zone}}';

/** Folders below `sql`, and the schema of what their files create. */
const folders = [
  { folder: 'functions/extract', schema: 'extract', isView: false },
  { folder: 'functions', schema: 'genesys', isView: false },
  { folder: 'extract', schema: 'extract', isView: true },
  { folder: 'intermediate', schema: 'genesys', isView: true },
  { folder: 'mart', schema: 'mart', isView: true },
] as const;

export interface SqlFile {
  /** `schema.name`, after the file. */
  readonly name: string;
  readonly text: string;
  readonly isView: boolean;
  /** True where the text itself checks which divisions may see what it sums up. */
  readonly hasOwnCheck: boolean;
}

/** Returns all files, each after those whose relations or functions its text names. `timeZone` is a quoted literal. */
export async function readSqlFiles(timeZone: string, attributes: readonly AttributeColumn[] = []): Promise<SqlFile[]> {
  const fill = (text: string) => withAttributeColumns(text.replaceAll(timeZonePlaceholder, timeZone), attributes);
  const files = await Promise.all(folders.map((folder) => readFolder(folder, fill)));
  return inDependencyOrder(files.flat());
}

async function readFolder(
  { folder, schema, isView }: (typeof folders)[number],
  fill: (text: string) => string,
): Promise<SqlFile[]> {
  const directory = `${sqlDirectory}${folder}/`;
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(directory + name, 'utf8');
      return {
        name: `${schema}.${name.slice(0, -'.sql'.length)}`,
        text: fill(withInnerChecks(text)),
        isView,
        hasOwnCheck: hasInnerChecks(text),
      };
    }),
  );
}

/** Throws when files need each other in a circle. */
export function inDependencyOrder<File extends Pick<SqlFile, 'name' | 'text'>>(files: readonly File[]): File[] {
  const done = new Set<string>();
  const ordered: File[] = [];
  const visit = (file: File, path: readonly string[]): void => {
    if (done.has(file.name)) return;
    if (path.includes(file.name))
      throw new Error(`Views and functions depend on each other in a circle: ${path.join(' → ')}`);
    for (const needed of neededBy(file, files)) visit(needed, [...path, file.name]);
    done.add(file.name);
    ordered.push(file);
  };
  for (const file of files) visit(file, []);
  return ordered;
}

function neededBy<File extends Pick<SqlFile, 'name' | 'text'>>(file: File, files: readonly File[]): File[] {
  const words = wordsOf(file.text);
  return files.filter(({ name }) => name !== file.name && words.has(name));
}

/** GLOBAL: the words of the last texts, because every command looks through all files twice. */
const knownWords = new Map<string, ReadonlySet<string>>();
const knownWordsMax = 1_000;

function wordsOf(text: string): ReadonlySet<string> {
  const known = knownWords.get(text);
  if (known !== undefined) return known;
  const words = new Set(text.split(/[^a-z0-9_.]+/));
  if (knownWords.size >= knownWordsMax) knownWords.clear();
  knownWords.set(text, words);
  return words;
}

/** All columns of a table, whatever they are when the view is built. */
const allColumns = /\b\w+\.\*|\bselect \* from (?:genesys|extract|wrapup)\./;

/**
 * Digest by name, over a file's text, the checks of divisions, the digests of the files that it needs and, where it takes all columns of a
 * table, the newest migration: it changes with anything that may change the result.
 */
export function digestsOf(ordered: readonly SqlFile[], newestMigration: string): Map<string, string> {
  const digests = new Map<string, string>();
  for (const file of ordered) {
    const hash = createHash('sha256').update(file.text);
    if (file.name.startsWith('mart.')) hash.update('\0').update(checksText);
    if (allColumns.test(file.text)) hash.update('\0').update(newestMigration);
    for (const { name } of neededBy(file, ordered)) hash.update('\0').update(digests.get(name) ?? '');
    digests.set(file.name, hash.digest('base64url').slice(0, digestLength));
  }
  return digests;
}

const digestLength = 22;
