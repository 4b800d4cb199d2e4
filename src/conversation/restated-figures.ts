/** Computes by how much a restated conversation changes the figures of days. */

import { minuteMs } from '../lib/interval.js';
import type { RowBytes } from '../values/copy-reader.js';
import { bigintIn, booleanIn, isSameField, textIn, timeIn, tupleOf, uuidIn } from '../values/copy-reader.js';
import { columnOf } from './record-schema.js';
import type { FactKey } from './session-facts-columns.js';
import { type ConversationTable, derivedTables } from './tables.js';

export interface MovedFigure {
  /** Milliseconds since 1970: a quarter of an hour, which lies in one day of every time zone. */
  readonly quarterStart: number;
  readonly queueId: string | null;
  readonly mediaType: string | null;
  /** Names that end in `_ms` are milliseconds, the others counts. */
  readonly figure: string;
  readonly before: number;
  readonly after: number;
}

const quarterMs = 15 * minuteMs;
export const factsTable = derivedTables.find(({ name }) => name === 'session_facts') as ConversationTable;

const column = (key: FactKey): number => {
  const index = factsTable.columns.findIndex(({ name }) => name === columnOf(key));
  if (index < 0) throw new Error(`genesys.session_facts has no column ${columnOf(key)}.`);
  return index;
};

const at = {
  startedAt: column('startedAt'),
  handledAt: column('handledAt'),
  queueId: column('queueId'),
  mediaType: column('mediaType'),
  isAgentSession: column('isAgentSession'),
  isQueueLeg: column('isQueueLeg'),
  isConnected: column('isConnected'),
  code: column('lastRealWrapupCode'),
} as const;

/** Counted on the day on which the handling ended, as rpt_handle_times does. */
const handled = [
  ['handled_count', column('handleCount')],
  ['handle_ms', column('handleMs')],
  ['talk_ms', column('talkMs')],
  ['hold_ms', column('heldMs')],
  ['acw_ms', column('acwMs')],
  ['transferred_count', column('transferredCount')],
] as const;

/** Counted on the day on which the stay in the queue began. */
const queued = [
  ['offered_count', column('offeredCount')],
  ['abandoned_count', column('abandonCount')],
  ['flow_out_count', column('flowOutCount')],
] as const;

/** Relations whose rows arrive late and are counted as they are, on the day on which the conversation began. */
const countedRelations: Readonly<Record<string, string>> = {
  surveys: 'survey_count',
  evaluations: 'evaluation_count',
};

/** Returns the change in the number of rows of a counted relation; empty for every other relation. */
export function movedCount(relation: string, conversationStart: number, before: number, after: number): MovedFigure[] {
  const figure = countedRelations[relation];
  if (figure === undefined || before === after) return [];
  const quarterStart = Math.floor(conversationStart / quarterMs) * quarterMs;
  return [{ quarterStart, queueId: null, mediaType: null, figure, before, after }];
}

/** Columns from which figures are computed. */
const figureColumns = [...Object.values(at), ...handled.map(([, index]) => index), ...queued.map(([, index]) => index)];

/**
 * Returns true if no figure can differ between two versions of a row of `genesys.session_facts`, as
 * for most changes.
 */
export function hasSameFigures(before: RowBytes, after: RowBytes): boolean {
  const [former, latter] = [tupleOf(before), tupleOf(after)];
  return figureColumns.every((index) => isSameField(former, latter, index));
}

type Sums = Map<string, { readonly place: Omit<MovedFigure, 'before' | 'after'>; value: number }>;

/** Compares rows of `genesys.session_facts` in COPY's binary format before and after; returns only figures that differ. */
export function movedFigures(before: Iterable<RowBytes>, after: Iterable<RowBytes>): MovedFigure[] {
  const [former, latter] = [sumsOf(before), sumsOf(after)];
  const moved: MovedFigure[] = [];
  for (const key of new Set([...former.keys(), ...latter.keys()])) {
    const values = { before: former.get(key)?.value ?? 0, after: latter.get(key)?.value ?? 0 };
    const place = (former.get(key) ?? latter.get(key))?.place;
    if (place !== undefined && values.before !== values.after) moved.push({ ...place, ...values });
  }
  return moved;
}

function sumsOf(rows: Iterable<RowBytes>): Sums {
  const sums: Sums = new Map();
  for (const row of rows) addRow(sums, row);
  return sums;
}

function addRow(sums: Sums, row: RowBytes): void {
  const tuple = tupleOf(row);
  const where = { queueId: uuidIn(tuple, at.queueId), mediaType: textIn(tuple, at.mediaType) };
  const add = (figure: string, atMs: number | null, value: number | null) => {
    if (atMs === null || value === null || value === 0) return;
    const place = { quarterStart: Math.floor(atMs / quarterMs) * quarterMs, ...where, figure };
    const key = JSON.stringify(place);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { place, value });
    else sum.value += value;
  };
  const startedAt = timeIn(tuple, at.startedAt);
  if (booleanIn(tuple, at.isAgentSession) === true) {
    add('agent_session_count', startedAt, 1);
    add('connected_count', startedAt, booleanIn(tuple, at.isConnected) === true ? 1 : 0);
    add('coded_count', startedAt, textIn(tuple, at.code) === null ? 0 : 1);
  }
  const handledAt = timeIn(tuple, at.handledAt);
  for (const [figure, index] of handled) add(figure, handledAt, bigintIn(tuple, index));
  if (booleanIn(tuple, at.isQueueLeg) === true) {
    for (const [figure, index] of queued) add(figure, startedAt, bigintIn(tuple, index));
  }
}
