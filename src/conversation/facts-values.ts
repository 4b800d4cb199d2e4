/** Readers of single JSON values. What does not fit its column counts as absent: in the raw tables it lies in `extra`, its column is null. */

export type JsonObject = Readonly<Record<string, unknown>>;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** The length of `2026-01-01T00:00:00.000Z`: times of this one form sort as text, without being parsed. */
const usualTimeLength = 24;

export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function flagOf(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

export function integerOf(value: unknown): number | null {
  return Number.isSafeInteger(value) ? (value as number) : null;
}

export function uuidOf(value: unknown): string | null {
  return typeof value === 'string' && uuidPattern.test(value) ? value.toLowerCase() : null;
}

export function timeOf(value: unknown): string | null {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : null;
}

export function earliest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return isBefore(b, a) ? b : a;
}

export function latest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return isBefore(a, b) ? b : a;
}

export function isBefore(a: string, b: string): boolean {
  const sortAsText = a.length === usualTimeLength && b.length === usualTimeLength && a.endsWith('Z') && b.endsWith('Z');
  return sortAsText ? a < b : Date.parse(a) < Date.parse(b);
}
