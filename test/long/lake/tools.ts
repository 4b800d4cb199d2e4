/** Programs of others that the long suite uses where they are installed: `.ci/packages` puts them outside the tree. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = process.env.TEST_TOOLS ?? join(homedir(), '.cache', 'genesys-warehouse-tools');

/** A Python with the given modules; undefined, with a word, where there is none. */
export function pythonWith(...modules: readonly string[]): string | undefined {
  const python = join(home, 'python', 'bin', 'python');
  const isThere = spawnSync(python, ['-c', modules.map((name) => `import ${name}`).join('\n')]).status === 0;
  if (!isThere) console.warn(`${python} lacks ${modules.join(', ')} (.ci/packages installs them): skipped.`);
  return isThere ? python : undefined;
}

/** A program of an npm package; undefined, with a word, where it is not installed. */
export function nodeProgram(name: string): string | undefined {
  const path = join(home, 'node', 'node_modules', '.bin', name);
  if (existsSync(path)) return path;
  console.warn(`${path} is not installed (.ci/packages installs it): skipped.`);
  return undefined;
}

/** The folder of the tables that the sources of delta-rs carry; undefined, with a word, where they were not fetched. */
export function deltaTables(): string | undefined {
  const path = join(home, 'delta-rs', 'crates', 'test', 'tests', 'data');
  if (existsSync(path)) return path;
  console.warn(`${path} is missing (.ci/packages fetches it): skipped.`);
  return undefined;
}

const script = fileURLToPath(new URL('./readers.py', import.meta.url));
const outputBytesMax = 64 * 1024 * 1024;

/** Runs `readers.py`; throws with what it printed where it fails. */
export function readers(python: string, ...args: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(python, [script, ...args], {
    encoding: 'utf8',
    maxBuffer: outputBytesMax,
  });
  if (status !== 0) throw new Error(`${args[0]} failed: ${stderr.slice(-2_000)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

const sparkArtifacts = [
  'io/delta/delta-spark_2.13/4.0.1/delta-spark_2.13-4.0.1.jar',
  'io/delta/delta-storage/4.0.1/delta-storage-4.0.1.jar',
];

/** The library of Delta for Spark, from Maven's own folder; empty, with a word, where it or Java is missing. */
export function sparkJars(): string[] {
  const paths = sparkArtifacts.map((path) => join(homedir(), '.m2', 'repository', path));
  const isThere = paths.every((path) => existsSync(path)) && spawnSync('java', ['-version']).status === 0;
  if (!isThere) console.warn(`Java or ${paths.join(', ')} is missing (.ci/packages fetches them with Maven): skipped.`);
  return isThere ? paths : [];
}
