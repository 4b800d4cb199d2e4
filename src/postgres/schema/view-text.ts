/** The plain definitions of stored facts: the text of views of `sql/intermediate`, for statements that must not depend on views that stand. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const directory = fileURLToPath(new URL('../../../sql/intermediate/', import.meta.url));

/** Query per view name. */
type Definitions = ReadonlyMap<string, string>;

let definitions: Promise<Definitions> | undefined;

/**
 * The query of the view `genesys.<name>` in brackets, with the queries of the views that it reads in their places. The reporting zone is
 * that of `timeZone` (IANA).
 */
export async function definitionOf(name: string, timeZone: string): Promise<string> {
  definitions ??= readDefinitions();
  const text = expanded(await definitions, name);
  return `(${text.replaceAll('{{time_zone}}', pg.escapeLiteral(timeZone))})`;
}

/** Changes with the definitions' statements, not with their comments: a better sentence is no reason to compute months anew. */
export async function digestOfDefinitions(names: readonly string[], timeZone: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of names) hash.update((await definitionOf(name, timeZone)).replace(/\s+/g, ' ')).update('\0');
  return hash.digest('hex');
}

async function readDefinitions(): Promise<Definitions> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).map((name) => name.slice(0, -4));
  const texts = await Promise.all(names.map((name) => readFile(`${directory}${name}.sql`, 'utf8')));
  return new Map(names.map((name, index) => [name, queryOf(name, texts[index] as string)]));
}

function queryOf(name: string, text: string): string {
  const query = /^create view \S+ as\n([\s\S]*?);$/m.exec(text)?.[1];
  if (query === undefined) throw new Error(`sql/intermediate/${name}.sql has no line "create view … as".`);
  return query.replace(/^\s*--.*\n/gm, '');
}

/** Views do not depend on each other in a circle: who builds them checks that. */
function expanded(all: Definitions, name: string): string {
  const query = all.get(name);
  if (query === undefined) throw new Error(`There is no sql/intermediate/${name}.sql.`);
  return query.replace(/\bgenesys\.(int_[a-z_]+)/g, (relation, used: string) =>
    all.has(used) ? `(${expanded(all, used)})` : relation,
  );
}
