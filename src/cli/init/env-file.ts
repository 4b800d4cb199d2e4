/** Builds the text of a first `.env` and writes it to disk. */
import { readFileSync } from 'node:fs';
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { UsageError } from '../../lib/errors.js';

const example = new URL('../../../.env.example', import.meta.url);
const mode = 0o600;

/** Reads the commented example that comes with the program. */
export function readExample(): string {
  return readFileSync(example, 'utf8');
}

/** Returns the example with these values filled in; all comments are kept. */
export function fillExample(template: string, values: Readonly<Record<string, string>>): string {
  let text = template;
  for (const [name, value] of Object.entries(values)) {
    const line = new RegExp(`^#?${name}=.*$`, 'm');
    const assignment = `${name}=${quoteValue(name, value)}`;
    text = line.test(text) ? text.replace(line, () => assignment) : `${text}${assignment}\n`;
  }
  return text;
}

/** Quotes a value so that this program, a shell and `docker compose` read it the same way. */
function quoteValue(name: string, value: string): string {
  if (/^[\w.:/@%+,=?&~-]*$/.test(value)) return value;
  if (/[\r\n']/.test(value))
    throw new UsageError(`${name} holds a line end or a single quote. Set it in the environment instead of in .env.`);
  return `'${value}'`;
}

/**
 * Writes the file so that nobody else can read it at any moment. Never replaces an existing one
 * unless `isForced`, which keeps the old one as `.env.previous`.
 */
export async function writeEnvFile(path: string, text: string, isForced: boolean): Promise<void> {
  const unfinished = `${path}.${process.pid}.unfinished`;
  try {
    if (!isForced) return await writeFile(path, text, { mode, flag: 'wx' });
    await writeFile(unfinished, text, { mode, flag: 'wx' });
    await keepPrevious(path);
    await rename(unfinished, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw existing(path);
    throw new UsageError(`${path} cannot be written (${(error as Error).message}). Use a writable directory.`);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Builds the refusal to replace what somebody may have written by hand. */
export function existing(path: string): UsageError {
  return new UsageError(`${path} exists. Edit it, or replace it with --force; the old one is kept as .env.previous.`);
}

async function keepPrevious(path: string): Promise<void> {
  try {
    await rename(path, `${path}.previous`);
    await chmod(`${path}.previous`, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
