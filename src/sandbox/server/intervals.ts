import { dayMs, floorTo } from '../../lib/interval.js';
import type { Json } from '../world.js';
import { badRequest, invalidDate } from './http/api-fault.js';

export interface SpanMs {
  readonly fromMs: number;
  readonly toMs: number;
}

/** 1: time without zone, 4: zone. */
const dateTime = /^\d{4}-\d{2}-\d{2}(?:(T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?)(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** `start/end` in ISO-8601; a time without zone is UTC. Throws the API's 400 for anything else. */
export function parseInterval(value: Json | undefined): SpanMs {
  if (typeof value !== 'string' || value === '') throw badRequest('The interval is required.');
  const parts = value.split('/');
  if (parts.length !== 2) throw invalidDate();
  const span = { fromMs: parseDate(parts[0] ?? ''), toMs: parseDate(parts[1] ?? '') };
  if (span.toMs <= span.fromMs) throw badRequest('The end of the interval must be after its start.');
  return span;
}

export function parseDate(text: string): number {
  const ms = dateMsOf(text);
  if (ms === undefined) throw invalidDate();
  return ms;
}

export function dateMsOf(text: string): number | undefined {
  const match = dateTime.exec(text);
  if (match === null) return undefined;
  const ms = Date.parse(
    match[1] === undefined ? text : `${text.slice(0, 10)}${match[1].replace(',', '.')}${normalZone(match[4])}`,
  );
  return Number.isNaN(ms) ? undefined : ms;
}

/** `+0200` and `+02` are ISO-8601, but Date.parse wants `+02:00`. */
function normalZone(zone: string | undefined): string {
  if (zone === undefined || zone === 'Z') return 'Z';
  const digits = zone.replace(':', '').padEnd(5, '0');
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

/** The starts of the UTC days that `[fromMs, toMs)` touches. */
export function daysTouched(span: SpanMs): number[] {
  const days: number[] = [];
  for (let day = dayStartOf(span.fromMs); day < span.toMs; day += dayMs) days.push(day);
  return days;
}

export function dayStartOf(atMs: number): number {
  return floorTo(new Date(atMs), dayMs).getTime();
}

export function withoutMillis(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
