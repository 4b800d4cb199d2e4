import { addDays, presets, spanOf } from './days.js';

/** A span to the minute, in the reporting zone: `2026-11-26T13:00`, the end not included. */
export interface MomentSpan {
  readonly from: string;
  readonly to: string;
  readonly preset?: string;
}

const momentForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** The span of an address: given to the minute, or in days, of which the last is included. */
export function momentSpanOf(query: URLSearchParams, today: string, fallback?: string): MomentSpan {
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
  if (momentForm.test(from) && momentForm.test(to)) return from <= to ? { from, to } : { from: to, to: from };
  const days = spanOf(query, today, fallback);
  const span = { from: `${days.from}T00:00`, to: `${addDays(days.to, 1)}T00:00` };
  return days.preset === undefined ? span : { ...span, preset: days.preset };
}

export function isWholeDays({ from, to }: MomentSpan): boolean {
  return from.endsWith('T00:00') && to.endsWith('T00:00');
}

export const momentPresets = presets;
