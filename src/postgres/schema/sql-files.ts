/** The files under `sql/` that `migrate` runs: functions and views, in an order in which each finds what it needs. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const sqlDirectory = fileURLToPath(new URL('../../../sql/', import.meta.url));

export interface ViewSettings {
  /** IANA zone of the `_local` columns. */
  readonly timeZone: string;
}

export interface SqlFile {
  /** `schema.name` of the view, or the file name of a function file. */
  readonly name: string;
  readonly text: string;
}

export async function readFunctionFiles(): Promise<SqlFile[]> {
  return [...(await readSqlFiles('functions', 'genesys')), ...(await readSqlFiles('genesys', 'genesys'))];
}

/** In the order in which they can be created. */
export async function readViewFiles(): Promise<SqlFile[]> {
  return inDependencyOrder([
    ...(await readSqlFiles('intermediate', 'genesys')),
    ...(await readSqlFiles('mart', 'mart')),
  ]);
}

async function readSqlFiles(folder: string, schema: string): Promise<SqlFile[]> {
  const directory = `${sqlDirectory}${folder}/`;
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => ({
      name: `${schema}.${name.slice(0, -'.sql'.length)}`,
      text: await readFile(directory + name, 'utf8'),
    })),
  );
}

/** Puts a view after every view that its text names. */
export function inDependencyOrder(files: readonly SqlFile[]): SqlFile[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const done = new Set<string>();
  const ordered: SqlFile[] = [];
  const visit = (file: SqlFile, path: readonly string[]): void => {
    if (done.has(file.name)) return;
    if (path.includes(file.name)) throw new Error(`Views depend on each other in a circle: ${path.join(' → ')}`);
    for (const match of file.text.matchAll(/\b(?:mart|genesys)\.[a-z_0-9]+/g)) {
      const needed = byName.get(match[0]);
      if (needed !== undefined && needed !== file) visit(needed, [...path, file.name]);
    }
    done.add(file.name);
    ordered.push(file);
  };
  for (const file of files) visit(file, []);
  return ordered;
}

/** The statements of a file with its placeholders replaced. */
export function statementsOf(file: SqlFile, settings: ViewSettings): string {
  return file.text.replaceAll('{{time_zone}}', pg.escapeLiteral(settings.timeZone));
}
