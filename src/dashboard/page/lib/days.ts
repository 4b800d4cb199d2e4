/** Days are ISO text in the reporting zone; nothing here knows the browser's zone. */
const dayMs = 86_400_000;

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10);
}

/** Both ends counted. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs) + 1;
}

export interface Span {
  readonly from: string;
  /** Included. */
  readonly to: string;
}

export interface Preset {
  readonly id: string;
  readonly label: string;
  readonly span: (today: string) => Span;
}

const mondayOf = (day: string): string => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
const firstOfMonth = (day: string): string => `${day.slice(0, 7)}-01`;

export const presets: readonly Preset[] = [
  { id: 'today', label: 'Today', span: (today) => ({ from: today, to: today }) },
  { id: 'yesterday', label: 'Yesterday', span: (today) => ({ from: addDays(today, -1), to: addDays(today, -1) }) },
  { id: 'last-7', label: 'Last 7 days', span: (today) => ({ from: addDays(today, -7), to: addDays(today, -1) }) },
  { id: 'last-28', label: 'Last 28 days', span: (today) => ({ from: addDays(today, -28), to: addDays(today, -1) }) },
  { id: 'this-week', label: 'This week', span: (today) => ({ from: mondayOf(today), to: today }) },
  {
    id: 'last-week',
    label: 'Last week',
    span: (today) => ({ from: addDays(mondayOf(today), -7), to: addDays(mondayOf(today), -1) }),
  },
  { id: 'this-month', label: 'This month', span: (today) => ({ from: firstOfMonth(today), to: today }) },
  {
    id: 'last-month',
    label: 'Last month',
    span: (today) => {
      const to = addDays(firstOfMonth(today), -1);
      return { from: firstOfMonth(to), to };
    },
  },
];

/** The span of an address: given days, or a preset by name; the default preset where neither can be read. */
export function spanOf(query: URLSearchParams, today: string, fallback = 'last-7'): Span & { preset?: string } {
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
  const isGiven = /^\d{4}-\d{2}-\d{2}$/.test(from) && /^\d{4}-\d{2}-\d{2}$/.test(to);
  if (isGiven) return from <= to ? { from, to } : { from: to, to: from };
  const preset =
    presets.find(({ id }) => id === (query.get('span') ?? fallback)) ?? presets.find(({ id }) => id === fallback);
  return preset === undefined ? { from: today, to: today } : { ...preset.span(today), preset: preset.id };
}
