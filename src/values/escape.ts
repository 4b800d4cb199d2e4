import { RecordError } from './record-error.js';

/**
 * Postgres can hold neither U+0000 nor half a surrogate pair, in text and in jsonb alike, but JSON can. Such code units are written as the
 * private-use character U+E000 and four hexadecimal digits; U+E000 itself is written so too, which makes the notation reversible.
 * `genesys.conversation_json` turns it back into JSON's own `\uXXXX`.
 */
const escapeCharacter = '\ue000';
const replacementCharacter = '\ufffd';

/** Finds candidates only: it also matches proper surrogate pairs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: U+0000 is what is looked for.
const candidates = /[\u0000\ud800-\udfff\ue000]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: U+0000 is what is looked for.
const unstorable = /[\u0000\ue000]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const escaped = /\ue000([0-9a-f]{4})/g;

/** Up to this length, checking each code unit is faster than calling a regular expression. */
const shortTextLength = 48;
const firstSurrogate = 0xd800;

/** Returns true when the text can be stored as it is and contains no escape character. */
export function isPlain(text: string): boolean {
  if (text.length <= shortTextLength && isHarmless(text)) return true;
  return !candidates.test(text) || text.search(unstorable) === -1;
}

/** Returns true when no code unit could need escaping; most texts are ASCII. */
function isHarmless(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 0 || unit >= firstSurrogate) return false;
  }
  return true;
}

export function escapeText(text: string): string {
  if (!candidates.test(text)) return text;
  return text.replace(unstorable, (unit) => escapeCharacter + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}

export function unescapeText(text: string): string {
  return text.replace(escaped, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** Returns the text for display in a column: characters that cannot be stored become U+FFFD. */
export function readableText(text: string): string {
  if (!candidates.test(text)) return text;
  return text.replace(unstorable, (unit) => (unit === escapeCharacter ? unit : replacementCharacter));
}

/** Returns true when no text in the value, keys included, needs escaping. */
export function isPlainJson(value: unknown): boolean {
  if (typeof value === 'string') return isPlain(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isPlainJson);
  return Object.entries(value).every(([key, item]) => isPlain(key) && isPlainJson(item));
}

/**
 * Returns a copy with every text and key mapped and keys sorted, so that equal values are written
 * identically. Throws RecordError for numbers beyond a double, which JSON can represent but the
 * database cannot.
 */
export function copyJson(value: unknown, mapText: (text: string) => string): unknown {
  if (typeof value === 'string') return mapText(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RecordError('is a number out of range');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copyJson(item, mapText));
  // Without a prototype, so that a key such as `__proto__` is a key like any other.
  const copy: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value).sort()) {
    copy[mapText(key)] = copyJson((value as Record<string, unknown>)[key], mapText);
  }
  return copy;
}
