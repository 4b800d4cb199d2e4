import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type CatalogFormat, catalogFormats, joinFiles } from '../catalog/formats.js';
import type { ModelFile } from '../catalog/tables.js';
import { UsageError } from '../lib/errors.js';
import { readCatalog } from '../postgres/catalog.js';
import { isFederation } from '../postgres/federation/target.js';
import { migrate } from '../postgres/migrate.js';
import { type CommandContext, exitDone } from './app/command.js';
import { openDatabase, viewSettings } from './app/open.js';

export interface CatalogOptions {
  readonly format: CatalogFormat;
  /** Directory for the files; standard output unless given. */
  readonly output?: string;
  /** Only the file of this relation, where a format has one for each. */
  readonly relation?: string;
}

/** Writes the data dictionary and the relationships of schema `mart`, as a model for a BI tool. */
export async function catalogCommand(context: CommandContext, options: CatalogOptions): Promise<number> {
  const opened = await openDatabase(context);
  try {
    if (!(await isFederation(opened.pool))) await migrate(opened.pool, viewSettings(opened.config));
    const files = filesOf(catalogFormats[options.format](await readCatalog(opened.pool)), options);
    if (options.output === undefined) {
      context.print(joinFiles(files).trimEnd());
      return exitDone;
    }
    await writeFiles(resolve(context.directory, options.output), files);
    opened.log.info({ directory: options.output, files: files.length }, 'Catalogue written');
    return exitDone;
  } finally {
    await opened.close();
  }
}

function filesOf(files: readonly ModelFile[], { format, relation }: CatalogOptions): readonly ModelFile[] {
  if (relation === undefined) return files;
  if (format !== 'tableau') throw new UsageError('--relation goes with --format tableau only. Leave it out.');
  const found = files.filter(({ path }) => path === `${relation}.tds`);
  if (found.length > 0) return found;
  const names = files.map(({ path }) => path.replace(/\.tds$/, '')).join(', ');
  throw new UsageError(`Relation ${relation} has no Tableau data source. There are ${names}.`);
}

async function writeFiles(directory: string, files: readonly ModelFile[]): Promise<void> {
  try {
    for (const { path, text } of files) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`Directory ${directory} cannot be written (${message}). Name another with --output.`, {
      cause: error,
    });
  }
}
