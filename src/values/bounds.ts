import { RecordError, shown } from './record-error.js';

export const recordBytesMax = 16 * 1024 * 1024;

/** A value nested deeper than this could overflow the stack of a JSON writer here or in the database. */
export const nestingMax = 128;

/** A code unit takes at most six bytes of JSON (`\u0000`), as does the shortest other value with its comma. */
const bytesPerUnitMax = 6;
/** Numbers take up to 24 bytes. */
const unitsOfOther = 4;

/** Throws RecordError for a record over 16 MiB of JSON, given its `units`, which flattening has counted. */
export function assertSize(record: object, units: number): void {
  // Measuring exactly costs as much as flattening, so only records that may be too large are
  // measured.
  if (units * bytesPerUnitMax <= recordBytesMax) return;
  const bytes = Buffer.byteLength(JSON.stringify(record));
  if (bytes > recordBytesMax) {
    const id = shown((record as Record<string, unknown>).conversationId);
    throw new RecordError(`Conversation ${id} has ${bytes} bytes of JSON, more than the ${recordBytesMax} allowed.`);
  }
}

/** Returns why a value is nested too deeply to be stored, as the end of a sentence, or undefined. */
export function nestingFault(value: unknown): string | undefined {
  try {
    unitsOf(value);
    return undefined;
  } catch (error) {
    if (error instanceof RecordError) return error.message;
    throw error;
  }
}

/**
 * Counts code units of keys and texts, with an allowance for punctuation and other values. Throws
 * RecordError for deep nesting.
 */
export function unitsOf(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length + 1;
  if (typeof value !== 'object' || value === null) return unitsOfOther;
  if (depth > nestingMax) throw new RecordError(`is nested more than ${nestingMax} levels deep`);
  let units = 1;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) units += unitsOf(value[index], depth + 1);
    return units;
  }
  for (const key of Object.keys(value)) {
    units += key.length + 1 + unitsOf((value as Record<string, unknown>)[key], depth + 1);
  }
  return units;
}
