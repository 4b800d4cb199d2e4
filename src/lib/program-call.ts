import { basename, relative } from 'node:path';

export interface ProgramStart {
  /** `process.argv[1]`. */
  readonly script: string;
  readonly directory: string;
  /** As npm sets them for what it starts. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Path of the program in the image; see Dockerfile. */
const containerScript = '/app/dist/main.js';
const commandName = 'genesys-warehouse';

/**
 * Returns the words by which this program can be started once more, the way it was started this time, so that a command
 * that is printed can be copied: `genesys-warehouse`, `npx genesys-warehouse`, or `node` and the path of the script.
 */
export function programCall({ script, directory, environment }: ProgramStart): string {
  if (script === containerScript) return `docker compose run --rm extractor`;
  if (environment.npm_command !== undefined || environment.npm_execpath !== undefined) return `npx ${commandName}`;
  if (script === '') return commandName;
  const name = basename(script).replace(/\.(cmd|ps1)$/i, '');
  if (name === commandName) return commandName;
  const near = relative(directory, script);
  const path = near.startsWith('..') || near === '' ? script : near;
  return `node ${/[\s'"]/.test(path) ? JSON.stringify(path) : path}`;
}
