/** Clients of Postgres that the long suite uses where they are installed: `.ci/packages` installs them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const home = process.env.TEST_TOOLS ?? join(homedir(), '.cache', 'genesys-warehouse-tools');
const skipped = (what: string) => console.warn(`${what} (.ci/packages installs it): skipped.`);

/** True where a program answers to `--version`; says a word where it does not. */
export function isInstalled(program: string): boolean {
  const isThere = spawnSync(program, ['--version']).status === 0;
  if (!isThere) skipped(`${program} is not installed`);
  return isThere;
}

/** A Python with the modules of BI clients; undefined, with a word, where there is none. */
export function clientPython(...modules: readonly string[]): string | undefined {
  const python = join(home, 'clients', 'bin', 'python');
  const isThere = spawnSync(python, ['-c', modules.map((name) => `import ${name}`).join('\n')]).status === 0;
  if (!isThere) skipped(`${python} lacks ${modules.join(', ')}`);
  return isThere ? python : undefined;
}

/** The program dbt; undefined, with a word, where it is not installed. */
export function dbtProgram(): string | undefined {
  const own = join(home, 'clients', 'bin', 'dbt');
  for (const program of [own, 'dbt']) {
    if (spawnSync(program, ['--version']).status === 0) return program;
  }
  skipped('dbt is not installed');
  return undefined;
}

const jdbcVersion = '42.7.8';

/** The driver of Postgres for Java, from Maven's own folder; undefined, with a word, where it or Java is missing. */
export function jdbcJar(): string | undefined {
  const path = join(homedir(), `.m2/repository/org/postgresql/postgresql/${jdbcVersion}/postgresql-${jdbcVersion}.jar`);
  if (existsSync(path) && spawnSync('javac', ['-version']).status === 0) return path;
  skipped(`javac or ${path} is missing`);
  return undefined;
}

/** The name of psqlODBC's driver; undefined, with a word, where it or isql is missing. */
export function odbcDriver(): string | undefined {
  const { stdout, status } = spawnSync('odbcinst', ['-q', '-d'], { encoding: 'utf8' });
  const name = /\[(PostgreSQL Unicode)\]/.exec(stdout ?? '')?.[1];
  if (status === 0 && name !== undefined && isInstalled('isql')) return name;
  skipped('unixODBC with psqlODBC is not installed');
  return undefined;
}
