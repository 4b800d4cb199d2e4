import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../lib/errors.js';
import { copyMartRows, type MartColumn, type MartExport, readMartRelations } from '../postgres/export.js';
import { openMemberWatch } from '../postgres/federation/member-watch.js';
import { type CommandContext, exitDone } from './app/command.js';
import { PrintableStream } from './app/printable-stream.js';
import { withDatabase } from './app/with-open.js';

export interface ExportOptions {
  readonly from?: Date;
  readonly to?: Date;
  /** True for values as they are, for programs; otherwise formulas and control characters are escaped. */
  readonly raw: boolean;
}

/** Time columns to filter on: the first that the relation has is used. */
const timeColumns = [
  'interval_start_at',
  'started_at',
  'day',
  'wrapup_started_at',
  'completed_at',
  'event_at',
  'restated_at',
];

/** Streams a mart relation as CSV with a header line, rows of [from, to) where the relation has a time. */
export async function exportCommand(
  context: CommandContext,
  relation: string,
  options: ExportOptions,
): Promise<number> {
  return withDatabase(context, async (opened) => {
    const asked = exportOf(relation, await readMartRelations(opened.pool), options);
    const client = await opened.pool.connect();
    const watch = await openMemberWatch(opened.pool);
    try {
      await watch.during(writeOut(copyMartRows(client, asked), options.raw, context.signal));
      client.release();
    } catch (error) {
      client.release(error as Error);
      throw error;
    } finally {
      await watch.close();
    }
    return exitDone;
  });
}

async function writeOut(rows: Readable, isRaw: boolean, signal: AbortSignal): Promise<void> {
  const options = { end: false, signal };
  if (isRaw) await pipeline(rows, process.stdout, options);
  else await pipeline(rows, new PrintableStream(), process.stdout, options);
}

function exportOf(
  relation: string,
  relations: ReadonlyMap<string, readonly MartColumn[]>,
  { from, to, raw }: ExportOptions,
): MartExport {
  const columns = relations.get(relation);
  if (columns === undefined) throw unknownRelation(relation, [...relations.keys()]);
  const time = timeColumns
    .map((name) => columns.find((column) => column.name === name))
    .find((column) => column !== undefined);
  if (time === undefined && (from ?? to) !== undefined)
    throw new UsageError(`${relation} has no time column to filter on; leave out --from and --to.`);
  return {
    relation,
    columns,
    guardsFormulas: !raw,
    ...(time && { time }),
    ...(from && { from }),
    ...(to && { to }),
  };
}

function unknownRelation(relation: string, known: readonly string[]): UsageError {
  return new UsageError(
    known.length === 0
      ? 'The database has no marts yet; run genesys-warehouse migrate.'
      : `There is no relation ${relation} in schema mart; there are ${known.join(', ')}.`,
  );
}
