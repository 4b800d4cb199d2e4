/** Matches the characters that begin a formula in spreadsheets, full-width forms included. */
const formulaStart = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * Returns a text that no spreadsheet executes, with an apostrophe before anything that could begin
 * a formula. Names and notes come from outside, and `=cmd|…` in a queue's name would run on the
 * machine of the person who opens the file.
 */
export function guardFormula(text: string): string {
  return formulaStart.test(text) ? `'${text}` : text;
}

/** Formats one line of CSV (RFC 4180) without its end; nothing for null. Texts are guarded, numbers are not. */
export function csvLine(values: readonly unknown[]): string {
  return values.map(csvCell).join(',');
}

function csvCell(value: unknown): string {
  return quoteCell(typeof value === 'string' ? guardFormula(value) : String(value ?? ''));
}

/** Puts a cell into quotes where its text needs them. */
export function quoteCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
