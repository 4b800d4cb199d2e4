import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseQueryText, type QueryText } from './query-text.js';

const directory = fileURLToPath(new URL('../../../sql/dashboard/', import.meta.url));

/** Reads the named queries of `sql/dashboard/`, by name. */
export async function readQueryFiles(): Promise<ReadonlyMap<string, QueryText>> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort();
  const queries = await Promise.all(
    files.map(async (file) => parseQueryText(file.slice(0, -'.sql'.length), await readFile(directory + file, 'utf8'))),
  );
  return new Map(queries.map((query) => [query.name, query]));
}
