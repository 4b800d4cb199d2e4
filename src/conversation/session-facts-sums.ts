/** Sums a session's segments and metrics. */
import { columnIndexes, type Row } from './session-facts-rows.js';

export interface MetricSum {
  sum: number;
  count: number;
  lastEmitDate: number | null;
}

export type MetricSums = ReadonlyMap<string, MetricSum>;

const metric = columnIndexes('session_metrics', ['name', 'value', 'emit_date']);
const segment = columnIndexes('segments', [
  'segment_start',
  'segment_end',
  'segment_type',
  'queue_id',
  'disconnect_type',
  'wrap_up_code',
  'wrap_up_note',
]);

/** Sums metrics, whose names repeat inside a session, once per emission. */
export function sumMetrics(rows: readonly Row[]): MetricSums {
  const sums = new Map<string, MetricSum>();
  for (const row of rows) {
    const name = row[metric.name] as string | null;
    const value = row[metric.value] as number | null;
    if (name === null || value === null) continue;
    const sum = sums.get(name) ?? { sum: 0, count: 0, lastEmitDate: null };
    sum.sum += value;
    sum.count += 1;
    sum.lastEmitDate = latest(sum.lastEmitDate, row[metric.emit_date] as number | null);
    sums.set(name, sum);
  }
  return sums;
}

/** Types of segments in which the two parties were in contact. */
const contactTypes = new Set(['interact', 'hold', 'parked', 'callback', 'transmitting', 'uploading']);
/** Types of segments in which somebody listens in or shares a screen, without work of its own. */
const supervisionTypes = new Set(['monitoring', 'coaching', 'barging', 'screenmonitoring', 'sharing']);
const dialTypes = new Set(['dialing', 'contacting']);
/** Codes of the platform, which no directory lists. */
const systemCodePrefix = 'ININ-';

export interface SegmentColumns {
  startedAt: number | null;
  endedAt: number | null;
  connectedAt: number | null;
  queueId: string | null;
  wrapupCount: number;
  lastWrapupCode: string | null;
  lastRealWrapupCode: string | null;
  lastDisconnectType: string | null;
  connectedDisconnectType: string | null;
  isOpen: boolean;
  isWrapupOpen: boolean;
  isConnected: boolean;
  isDialed: boolean;
  isSupervision: boolean;
  hasVoicemail: boolean;
  hasWrapupNote: boolean;
}

export interface SegmentFacts {
  readonly columns: SegmentColumns;
  readonly hasAlert: boolean;
}

function noSegments(): SegmentColumns {
  return {
    startedAt: null,
    endedAt: null,
    connectedAt: null,
    queueId: null,
    wrapupCount: 0,
    lastWrapupCode: null,
    lastRealWrapupCode: null,
    lastDisconnectType: null,
    connectedDisconnectType: null,
    isOpen: false,
    isWrapupOpen: false,
    isConnected: false,
    isDialed: false,
    isSupervision: false,
    hasVoicemail: false,
    hasWrapupNote: false,
  };
}

/**
 * Computes the facts of a session's segments. "Last" is by position in the record. The queue of a
 * session is the last one that a segment names, including the wrap-up segment.
 */
export function segmentFacts(rows: readonly Row[]): SegmentFacts {
  const columns = noSegments();
  let hasAlert = false;
  for (const row of rows) {
    const type = (row[segment.segment_type] as string | null) ?? '';
    addTimes(columns, row, type);
    addEnding(columns, row, type);
    addWrapup(columns, row, type);
    columns.queueId = (row[segment.queue_id] as string | null) ?? columns.queueId;
    columns.isConnected ||= contactTypes.has(type);
    columns.isDialed ||= dialTypes.has(type);
    columns.isSupervision ||= supervisionTypes.has(type);
    columns.hasVoicemail ||= type === 'voicemail';
    hasAlert ||= type === 'alert';
  }
  if (columns.isOpen) columns.endedAt = null;
  return { columns, hasAlert };
}

function addTimes(columns: SegmentColumns, row: Row, type: string): void {
  const start = row[segment.segment_start] as number | null;
  const end = row[segment.segment_end] as number | null;
  columns.startedAt = earliest(columns.startedAt, start);
  columns.endedAt = latest(columns.endedAt, end);
  if (contactTypes.has(type)) columns.connectedAt = earliest(columns.connectedAt, start);
  columns.isOpen ||= end === null;
  columns.isWrapupOpen ||= type === 'wrapup' && end === null;
}

function addEnding(columns: SegmentColumns, row: Row, type: string): void {
  const disconnectType = row[segment.disconnect_type] as string | null;
  if (disconnectType === null) return;
  columns.lastDisconnectType = disconnectType;
  if (contactTypes.has(type)) columns.connectedDisconnectType = disconnectType;
}

function addWrapup(columns: SegmentColumns, row: Row, type: string): void {
  if (type === 'wrapup') columns.wrapupCount += 1;
  // An empty note or code counts as missing.
  if ((row[segment.wrap_up_note] ?? '') !== '') columns.hasWrapupNote = true;
  const code = (row[segment.wrap_up_code] as string | null) ?? '';
  if (code === '') return;
  columns.lastWrapupCode = code;
  if (!code.startsWith(systemCodePrefix)) columns.lastRealWrapupCode = code;
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function latest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
