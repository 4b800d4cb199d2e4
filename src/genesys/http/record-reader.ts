import { parseJson } from '../../lib/json.js';
import type { RecordSink } from '../api.js';
import { RecordScanner } from './record-scanner.js';
import { bodyTooLarge, type WireAnswer, type WireResponse } from './transport.js';

/** Limits one record, and the rest of a response outside its records. */
const recordBytesMax = 64 * 1024 * 1024;

/** An incomplete document, so that the response counts as cut off. */
const cutOff = '{';

/**
 * Passes the records of a response to `sink` while the body arrives; the text it returns is the document without them. Where a record is not
 * valid JSON, reading stops and the text ends there, so that the response counts as cut off. Throws an error with `bodyTooLargeCode` for a
 * record beyond the bound, and what the sink throws.
 */
export async function readRecords(
  response: WireResponse,
  key: string,
  sink: Pick<RecordSink, 'begin' | 'add'>,
  bytesMax = recordBytesMax,
): Promise<WireAnswer> {
  await sink.begin();
  let isBroken = false;
  let bytes = 0;
  const onRecord = (part: Buffer) => {
    if (isBroken) return;
    const record = parseJson(part.toString('utf8'));
    if (record === undefined) isBroken = true;
    else sink.add(record);
  };
  const scanner = new RecordScanner({ key, bytesMax, onRecord, tooLarge: bodyTooLarge });
  for await (const chunk of response.body) {
    bytes += chunk.length;
    scanner.push(chunk);
    if (isBroken) break;
  }
  const { status, headers } = response;
  return { status, headers, text: isBroken ? cutOff : scanner.end(), bytes };
}
