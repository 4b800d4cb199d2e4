import type { ColumnValue, FieldType } from './columns.js';
import { copyJson, isPlain, isPlainJson, readableText } from './escape.js';
import { parseInstant } from './instant.js';
import { RecordError, shown } from './record-error.js';

/**
 * A value that its column cannot return unchanged. The original goes to `extra`; `column` is the
 * nearest typed value, or null.
 */
export class LossyValue {
  readonly column: ColumnValue;

  constructor(column: ColumnValue) {
    this.column = column;
  }
}

const nothing = new LossyValue(null);
const bigintMax = 2 ** 63;

const uuidLength = 36;
/** Per ASCII character whether it is a lower-case hexadecimal digit. */
const isHexDigit = Array.from({ length: 128 }, (_, code) => /[0-9a-f]/.test(String.fromCharCode(code)));
const dash = 0x2d;

/**
 * Returns true for a lower-case UUID. Written out because records are full of them and a regular
 * expression takes twice as long.
 */
export function isUuid(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== uuidLength) return false;
  for (let index = 0; index < uuidLength; index += 1) {
    const code = value.charCodeAt(index);
    if (isHexDigit[code] === true) continue;
    if (code !== dash || (index !== 8 && index !== 13 && index !== 18 && index !== 23)) return false;
  }
  return value[8] === '-' && value[13] === '-' && value[18] === '-' && value[23] === '-';
}

/**
 * Converts a JSON value to a column value or a LossyValue. Throws RecordError for a text in a time
 * field that is not an instant.
 */
export function readValue(type: FieldType, value: unknown): ColumnValue | LossyValue {
  switch (type) {
    case 'time':
      return readTime(value);
    case 'bigint':
      return readBigint(value);
    case 'float':
      return typeof value === 'number' && Number.isFinite(value) ? value : nothing;
    case 'uuid':
      return readUuid(value);
    case 'boolean':
      return typeof value === 'boolean' ? value : nothing;
    case 'text':
      return readText(value);
    case 'texts':
      return readTexts(value);
    case 'bigints':
      return readBigints(value);
    case 'json':
      return readJson(value);
  }
}

function readTime(value: unknown): number | LossyValue {
  if (typeof value !== 'string') return nothing;
  const instant = parseInstant(value);
  // Storing null instead would read as "still open".
  if (instant === undefined) throw new RecordError(`is ${shown(value)}, which is not a valid instant`);
  return instant.isCanonical ? instant.epochMs : new LossyValue(instant.epochMs);
}

function readBigint(value: unknown): number | LossyValue {
  if (Number.isSafeInteger(value)) return value as number;
  if (typeof value !== 'number') return nothing;
  return Math.abs(value) < bigintMax ? new LossyValue(Math.round(value)) : nothing;
}

function readUuid(value: unknown): string | LossyValue {
  if (isUuid(value)) return value;
  const lowerCase = typeof value === 'string' && value.length === uuidLength ? value.toLowerCase() : '';
  return isUuid(lowerCase) ? new LossyValue(lowerCase) : nothing;
}

function readText(value: unknown): string | LossyValue {
  if (typeof value !== 'string') return nothing;
  return isPlain(value) ? value : new LossyValue(readableText(value));
}

function readTexts(value: unknown): readonly string[] | LossyValue {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return nothing;
  return value.every(isPlain) ? value : new LossyValue(value.map(readableText));
}

function readBigints(value: unknown): readonly number[] | LossyValue {
  if (!Array.isArray(value)) return nothing;
  if (value.every(Number.isSafeInteger)) return value;
  const isReadable = value.every((item) => typeof item === 'number' && Math.abs(item) < bigintMax);
  return isReadable ? new LossyValue(value.map(Math.round)) : nothing;
}

function readJson(value: unknown): ColumnValue | LossyValue {
  // A JSON null in a column could not be distinguished from an absent key.
  if (value === null) return nothing;
  const copy = copyJson(value, readableText) as ColumnValue;
  return isPlainJson(value) ? copy : new LossyValue(copy);
}
