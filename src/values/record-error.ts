const shownLengthMax = 60;

/** A record that cannot be stored. The message is one sentence that names the key path and the value. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

/**
 * Formats a value for a message: JSON, truncated to 60 characters, without characters that a log or
 * a text column cannot hold.
 */
export function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  // Truncated before writing as JSON, because the value may be megabytes long.
  const json = JSON.stringify(typeof value === 'string' ? value.slice(0, shownLengthMax + 1) : value) ?? 'undefined';
  return json.length > shownLengthMax ? `${json.slice(0, shownLengthMax)}…` : json;
}
