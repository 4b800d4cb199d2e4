/**
 * Control characters (C0, DEL, C1), which move cursors, colour, rename windows or make links on a terminal; the marks that
 * reverse the direction of text; separators of lines; what has no shape at all (byte order mark, tags, lone surrogates).
 */
const unprintable =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
/** Matches like `unprintable`, except for ends of lines and tabs; for texts of several lines such as a stack. */
const unprintableInLines = new RegExp(`(?![\\n\\t])${unprintable.source}`, 'gu');

export interface PrintOptions {
  /** Characters after which the text is cut, with an ellipsis as the last one. */
  readonly widthMax?: number;
  /** Lets ends of lines and tabs through. */
  readonly keepsLines?: boolean;
}

/**
 * Escapes what is not printable, as `\u{1b}`, so that a text can be shown to a person. Names, notes and messages come
 * from outside, and a person who may name a queue must not be able to control the operator's terminal.
 */
export function printable(text: string, { widthMax, keepsLines = false }: PrintOptions = {}): string {
  // Far more than fits is cut first, so that a text of megabytes costs nothing.
  const given = widthMax === undefined ? text : text.slice(0, 2 * widthMax + 2);
  const escaped = given.replace(keepsLines ? unprintableInLines : unprintable, escapeCharacter);
  if (widthMax === undefined || escaped.length <= widthMax) return escaped;
  const characters = [...escaped];
  return characters.length <= widthMax ? escaped : `${characters.slice(0, widthMax - 1).join('')}…`;
}

/** Returns JSON that says the same with only printable characters, as `\\u009b`; JSON itself escapes no more than C0. */
export function printableJson(json: string): string {
  return json.replace(unprintable, (character) =>
    Array.from({ length: character.length }, (_, unit) => {
      return `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}

/** Columns of a terminal, as far as each character takes one. */
export function widthOf(text: string): number {
  return [...text].length;
}

function escapeCharacter(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
