import type { Cell, ColumnType } from '../../../model/mart-query.js';

/** Shown where there is no value. */
export const nothing = '–';

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const minuteSeconds = 60;
const hourSeconds = 3_600;

/** `12,888`; fractions with one digit. */
export function formatNumber(value: number): string {
  const isWhole = Number.isInteger(value);
  const [whole = '', fraction] = (isWhole ? String(Math.abs(value)) : Math.abs(value).toFixed(1)).split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `${value < 0 ? '−' : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** `85.3 %` of a fraction. */
export function formatRate(rate: number): string {
  return `${formatNumber(Math.round(rate * 1_000) / 10).replace(/^(−?[\d,]+)$/, '$1.0')} %`;
}

/** Formats as `4:05`, or `7:35:00` from an hour on: minutes and seconds are never mistaken for hours and minutes. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const hours = Math.floor(whole / hourSeconds);
  const minutes = Math.floor((whole % hourSeconds) / minuteSeconds);
  const rest = String(whole % minuteSeconds).padStart(2, '0');
  const sign = seconds < 0 && whole > 0 ? '−' : '';
  if (hours === 0) return `${sign}${minutes}:${rest}`;
  return `${sign}${formatNumber(hours)}:${String(minutes).padStart(2, '0')}:${rest}`;
}

/** `Thu 26 Nov 2026` of `2026-11-26`. */
export function formatDay(day: string): string {
  return `${formatDayShort(day)} ${day.slice(0, 4)}`;
}

/** `Thu 26 Nov`. */
export function formatDayShort(day: string): string {
  const at = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  return `${weekdays[at.getUTCDay()]} ${at.getUTCDate()} ${months[at.getUTCMonth()]}`;
}

/** `14:30` of `2026-11-26T14:30:00`. */
export function formatTime(local: string): string {
  return local.slice(11, 16);
}

/** `14:30:05`. */
export function formatTimeExact(local: string): string {
  return local.slice(11, 19);
}

/** `Thu 26 Nov 14:30`. */
export function formatLocal(local: string): string {
  return `${formatDayShort(local)} ${formatTime(local)}`;
}

/** `9:30` of 570. */
export function formatMinuteOfDay(minute: number): string {
  return `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
}

/** Formats a value by its column's type and name, whose ending says the unit. */
export function formatCell(name: string, type: ColumnType, value: Cell): string {
  if (value === null || value === '') return nothing;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return formatFigure(name, value);
  if (type === 'day') return formatDay(value);
  if (type === 'local') return formatLocal(value);
  return value;
}

export function formatFigure(name: string, value: number): string {
  if (name.endsWith('_rate')) return formatRate(value);
  if (name.endsWith('_seconds')) return formatDuration(value);
  if (name === 'minute_of_day') return formatMinuteOfDay(value);
  return formatNumber(value);
}

/** Formats a value for an axis: rates without their decimal, which no tick has. */
export function formatTick(name: string, value: number): string {
  if (name.endsWith('_rate')) return `${Math.round(value * 100)} %`;
  return name.endsWith('_count') && !Number.isInteger(value) ? '' : formatFigure(name, value);
}
