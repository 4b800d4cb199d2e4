/**
 * Matches control characters (C0, DEL, C1), which can move the cursor, set colours, rename windows
 * or create links on a terminal; bidirectional marks; line separators; and invisible characters
 * (byte order mark, tags, lone surrogates).
 */
const unprintable =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
/** Matches like `unprintable`, except for line breaks and tabs; for texts of several lines such as a stack trace. */
const unprintableInLines = new RegExp(`(?![\\n\\t])${unprintable.source}`, 'gu');

export interface PrintOptions {
  /** Maximum number of characters; a longer text is truncated and ends with an ellipsis. */
  readonly widthMax?: number;
  /** Keeps line breaks and tabs. */
  readonly keepsLines?: boolean;
}

/**
 * Escapes what is not printable, as `\u{1b}`, so that a text can be shown to a person. Names, notes and messages come
 * from outside, and a person who may name a queue must not be able to control the operator's terminal.
 */
export function printable(text: string, { widthMax, keepsLines = false }: PrintOptions = {}): string {
  // A much longer text is truncated first, so that megabytes cost nothing.
  const given = widthMax === undefined ? text : text.slice(0, 2 * widthMax + 2);
  const escaped = given.replace(keepsLines ? unprintableInLines : unprintable, escapeCharacter);
  if (widthMax === undefined || escaped.length <= widthMax) return escaped;
  const characters = [...escaped];
  return characters.length <= widthMax ? escaped : `${characters.slice(0, widthMax - 1).join('')}…`;
}

/** Returns equivalent JSON with only printable characters (such as `\\u009b`), because JSON itself escapes only C0. */
export function printableJson(json: string): string {
  return json.replace(unprintable, (character) =>
    Array.from({ length: character.length }, (_, unit) => {
      return `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}

/** Returns the width on a terminal, assuming one column per character. */
export function widthOf(text: string): number {
  return [...text].length;
}

function escapeCharacter(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
