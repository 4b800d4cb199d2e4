import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UsageError } from '../../lib/errors.js';
import type { Log } from '../../lib/log.js';
import type { SurveyInput } from '../../model/agent-session.js';
import { storeSurveys } from '../../postgres/wrapup/surveys.js';
import { createScreen } from '../../privacy/scrubber.js';
import { idLengthMax, readSurveyRecord } from '../../wrapup/survey-record.js';
import { type CommandContext, exitDone, exitFailure } from '../app/command.js';
import type { Opened } from '../app/open.js';
import { withMigratedDatabase } from '../app/with-open.js';
import { type SurveyFormat, surveyLines } from './survey-file.js';

export interface ImportSurveysOptions {
  readonly format?: SurveyFormat;
  readonly source: string;
}

const batchSize = 1_000;
/** Number of invalid lines that are logged; the count in the summary is complete. */
const faultsShownMax = 100;

interface Counts {
  stored: number;
  unchanged: number;
  faulty: number;
}

/**
 * Imports survey answers from a file, or from standard input for `-`. Exit status 1 if lines were
 * invalid; the others are stored.
 */
export async function importSurveysCommand(
  context: CommandContext,
  file: string,
  options: ImportSurveysOptions,
): Promise<number> {
  if (options.source.length > idLengthMax)
    throw new UsageError(`--source has ${options.source.length} characters; use at most ${idLengthMax}.`);
  const input = file === '-' ? (process.stdin as AsyncIterable<Uint8Array>) : await openFile(file);
  return withMigratedDatabase(context, async (opened) => {
    const counts = await importAll(opened, input, options, context);
    opened.log.info(counts, 'Surveys imported');
    return counts.faulty === 0 ? exitDone : exitFailure;
  });
}

async function openFile(file: string): Promise<AsyncIterable<Uint8Array>> {
  const found = await stat(file).catch((error: Error) => {
    throw new UsageError(`${file} cannot be read (${error.message}); name a file, or - for standard input.`);
  });
  if (!found.isFile()) throw new UsageError(`${file} is not a file. Name a file, or - for standard input.`);
  return createReadStream(file) as AsyncIterable<Uint8Array>;
}

async function importAll(
  { pool, log, config }: Opened,
  input: AsyncIterable<Uint8Array>,
  options: ImportSurveysOptions,
  context: CommandContext,
): Promise<Counts> {
  const screen = createScreen(config.privacy);
  const counts: Counts = { stored: 0, unchanged: 0, faulty: 0 };
  let batch: { readonly line: number; readonly survey: SurveyInput }[] = [];
  const store = async () => {
    const surveys = batch.map(({ survey }) => survey);
    const { stored, unchanged, refused } = await storeSurveys(pool, surveys, { now: context.now(), screen });
    counts.stored += stored;
    counts.unchanged += unchanged;
    for (const { index, reason } of refused) report(log, counts, batch[index]?.line ?? 0, reason);
    batch = [];
  };
  for await (const line of surveyLines(input, options.format)) {
    context.signal.throwIfAborted();
    const read = 'fault' in line ? line : readSurveyRecord(line.record, { source: options.source });
    if ('fault' in read) report(log, counts, line.line, read.fault);
    else batch.push({ line: line.line, survey: read.survey });
    if (batch.length >= batchSize) await store();
  }
  if (batch.length > 0) await store();
  return counts;
}

function report(log: Log, counts: Counts, line: number, fault: string): void {
  counts.faulty += 1;
  if (counts.faulty <= faultsShownMax) log.warn({ line }, `Line ${line} was not imported: ${fault}`);
  if (counts.faulty === faultsShownMax + 1) log.warn('Further invalid lines are not logged');
}
