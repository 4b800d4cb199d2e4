/** What a session's segments and metrics add up to. */
import { earliest, integerOf, type JsonObject, latest, textOf, timeOf, uuidOf } from './facts-values.js';

export interface MetricSum {
  sum: number;
  count: number;
  lastEmitDate: string | null;
}

export type MetricSums = ReadonlyMap<string, MetricSum>;

/** Metric names repeat inside a session, once per emission: they are summed, never picked. */
export function sumMetrics(metrics: readonly JsonObject[]): MetricSums {
  const sums = new Map<string, MetricSum>();
  for (const metric of metrics) {
    const name = textOf(metric.name);
    const value = integerOf(metric.value);
    if (name === null || value === null) continue;
    let sum = sums.get(name);
    if (sum === undefined) {
      sum = { sum: 0, count: 0, lastEmitDate: null };
      sums.set(name, sum);
    }
    sum.sum += value;
    sum.count += 1;
    sum.lastEmitDate = latest(sum.lastEmitDate, timeOf(metric.emitDate));
  }
  return sums;
}

/** The two parties were in contact. */
const contactTypes = new Set(['interact', 'hold', 'parked', 'callback', 'transmitting', 'uploading']);
/** Somebody listens in or shares a screen; no work of this session's own follows. */
const supervisionTypes = new Set(['monitoring', 'coaching', 'barging', 'screenmonitoring', 'sharing']);
const dialTypes = new Set(['dialing', 'contacting']);
/** Codes of the platform, which no directory lists. */
const systemCodePrefix = 'ININ-';

export interface SegmentColumns {
  startedAt: string | null;
  endedAt: string | null;
  connectedAt: string | null;
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

/** "Last" is by position in the record. The queue of a session is the last one that a segment names, the wrap-up segment included. */
export function segmentFacts(segments: readonly JsonObject[]): SegmentFacts {
  const columns = noSegments();
  let hasAlert = false;
  for (const segment of segments) {
    const type = textOf(segment.segmentType);
    const isContact = type !== null && contactTypes.has(type);
    addTimes(columns, segment, isContact, type === 'wrapup');
    addEnding(columns, segment, isContact);
    addWrapup(columns, segment, type);
    columns.queueId = uuidOf(segment.queueId) ?? columns.queueId;
    columns.isConnected ||= isContact;
    columns.isDialed ||= type !== null && dialTypes.has(type);
    columns.isSupervision ||= type !== null && supervisionTypes.has(type);
    columns.hasVoicemail ||= type === 'voicemail';
    hasAlert ||= type === 'alert';
  }
  if (columns.isOpen) columns.endedAt = null;
  return { columns, hasAlert };
}

function addTimes(columns: SegmentColumns, segment: JsonObject, isContact: boolean, isWrapup: boolean): void {
  const start = timeOf(segment.segmentStart);
  const end = timeOf(segment.segmentEnd);
  columns.startedAt = earliest(columns.startedAt, start);
  columns.endedAt = latest(columns.endedAt, end);
  if (isContact) columns.connectedAt = earliest(columns.connectedAt, start);
  columns.isOpen ||= end === null;
  columns.isWrapupOpen ||= isWrapup && end === null;
}

function addEnding(columns: SegmentColumns, segment: JsonObject, isContact: boolean): void {
  const disconnectType = textOf(segment.disconnectType);
  if (disconnectType === null) return;
  columns.lastDisconnectType = disconnectType;
  if (isContact) columns.connectedDisconnectType = disconnectType;
}

function addWrapup(columns: SegmentColumns, segment: JsonObject, type: string | null): void {
  if (type === 'wrapup') columns.wrapupCount += 1;
  // An empty note or code says no more than a missing one.
  if ((textOf(segment.wrapUpNote) ?? '') !== '') columns.hasWrapupNote = true;
  const code = textOf(segment.wrapUpCode) ?? '';
  if (code === '') return;
  columns.lastWrapupCode = code;
  if (!code.startsWith(systemCodePrefix)) columns.lastRealWrapupCode = code;
}
