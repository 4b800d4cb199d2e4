import { basename, relative } from 'node:path';

export interface ProgramStart {
  /** `process.argv[1]`. */
  readonly script: string;
  readonly directory: string;
  /** Environment, with the variables that npm sets. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Path of the program in the image; see Dockerfile. */
const containerScript = '/app/dist/main.js';
const commandName = 'genesys-warehouse';

/**
 * Returns the command that starts this program the way it was started this time, so that printed
 * commands can be copied: `genesys-warehouse`, `npx genesys-warehouse`, or `node` with the path of
 * the script.
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
