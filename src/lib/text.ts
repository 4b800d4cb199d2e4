import { printableJson } from './printable.js';

const quotedLengthMax = 60;

/** Quotes a value for a message, with control characters escaped and long values truncated. */
export function quote(value: unknown): string {
  const written = String(value);
  const cut = written.length > quotedLengthMax ? `${written.slice(0, quotedLengthMax)}…` : written;
  return printableJson(JSON.stringify(cut));
}

/** Formats a list as `a`, `a or b` or `a, b or c`. */
export function formatList(values: readonly string[]): string {
  const last = values.at(-1) ?? '';
  return values.length < 2 ? last : `${values.slice(0, -1).join(', ')} or ${last}`;
}

/** Returns the candidate with the smallest edit distance. */
export function closestMatch(word: string, candidates: readonly string[]): string {
  const ranked = candidates.map((candidate) => ({ candidate, distance: editDistance(word, candidate) }));
  return ranked.reduce((best, next) => (next.distance < best.distance ? next : best)).candidate;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
