/** Records of a survey file, one by one as they arrive: CSV with a header line, or one JSON object per line. Memory holds a few records. */
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { asError, UsageError } from '../../lib/errors.js';
import type { SurveyRecord } from '../../wrapup/survey-record.js';

export const surveyFormats = ['csv', 'ndjson'] as const;
export type SurveyFormat = (typeof surveyFormats)[number];
export type SurveyLine =
  | { readonly line: number; readonly record: SurveyRecord }
  | { readonly line: number; readonly fault: string };

/** Longer than any answer; a file without line breaks must not fill the memory. */
const recordBytesMax = 1_000_000;
/** Enough for a byte order mark and blanks before the first character. */
const peekBytesMax = 10_000;

/**
 * Yields the lines of a file, invalid ones included. With `format` undefined, the file is JSON if
 * its first character is a brace, else CSV.
 */
export async function* surveyLines(
  input: AsyncIterable<Uint8Array>,
  format?: SurveyFormat,
): AsyncGenerator<SurveyLine> {
  const { start, bytes } = await peek(input);
  const isJson = format === undefined ? start.replace(/^\uFEFF?\s*/, '').startsWith('{') : format === 'ndjson';
  yield* isJson ? jsonLines(bytes) : csvLines(bytes, start);
}

async function peek(input: AsyncIterable<Uint8Array>) {
  const iterator = input[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    chunks.push(next.value);
    length += next.value.length;
    if (length >= peekBytesMax || next.value.includes(0x0a)) break;
  }
  const rest = { [Symbol.asyncIterator]: () => iterator };
  const bytes = (async function* () {
    yield* chunks;
    yield* rest;
  })();
  return { start: Buffer.concat(chunks).toString('utf8'), bytes };
}

async function* csvLines(bytes: AsyncIterable<Uint8Array>, start: string): AsyncGenerator<SurveyLine> {
  const skipped: SurveyLine[] = [];
  const parser = parse({
    columns: (names: string[]) => names.map((name) => name.trim()),
    delimiter: delimiterOf(start),
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    max_record_size: recordBytesMax,
    skip_records_with_error: true,
    on_skip: (error) => void skipped.push(skip(error)),
  });
  const source = Readable.from(bytes);
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<CsvRecord>) {
      yield* skipped.splice(0);
      yield { line: info.lines, record };
    }
    yield* skipped.splice(0);
  } catch (error) {
    if (error instanceof CsvError) throw new UsageError(`The file is not CSV with a header line: ${error.message}`);
    throw error;
  }
}

interface CsvRecord {
  readonly record: SurveyRecord;
  readonly info: { readonly lines: number };
}

function skip(error: CsvError | undefined): SurveyLine {
  const line = typeof error?.lines === 'number' ? error.lines : 0;
  const message =
    error?.code === 'CSV_RECORD_INCONSISTENT_COLUMNS'
      ? 'has more or fewer columns than the header'
      : 'is not a line of CSV';
  return { line, fault: `the line ${message}` };
}

/** Returns the separator. The header contains only names, so it is the most frequent of the usual separators. */
function delimiterOf(start: string): string {
  const header = start.split('\n')[0] ?? '';
  const countOf = (delimiter: string) => header.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, each) => (countOf(each) > countOf(best) ? each : best));
}

async function* jsonLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<SurveyLine> {
  let line = 0;
  for await (const text of textLines(bytes)) {
    line += 1;
    if (text === undefined) yield { line, fault: `the line is longer than ${recordBytesMax} bytes` };
    else if (text.trim() !== '') yield { line, ...jsonRecord(text) };
  }
}

function jsonRecord(text: string): { readonly record: SurveyRecord } | { readonly fault: string } {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { record: value as SurveyRecord };
    return { fault: 'line is not a JSON object' };
  } catch (error) {
    // V8 quotes the text, which may contain what a customer wrote.
    return { fault: `line is not JSON (${asError(error).name})` };
  }
}

/** Yields lines; undefined for one that is too long. */
async function* textLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  let parts: Buffer[] = [];
  let length = 0;
  const take = (): string | undefined => {
    const text = length > recordBytesMax ? undefined : Buffer.concat(parts).toString('utf8');
    parts = [];
    length = 0;
    return text;
  };
  for await (const chunk of bytes) {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      length += end - from;
      if (length <= recordBytesMax) parts.push(Buffer.from(chunk.subarray(from, end)));
      yield take();
      from = end + 1;
    }
    length += chunk.length - from;
    if (length <= recordBytesMax) parts.push(Buffer.from(chunk.subarray(from)));
    else parts = [];
  }
  if (length > 0) yield take();
}
