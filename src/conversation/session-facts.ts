/**
 * Computes session facts: one row per session of a conversation, with everything about it that marts group, sum and filter by and that
 * depends neither on the directory nor on the clock. They are stored with the raw rows, in the same transaction, because summing segments
 * and metrics at query time costs thirty times as much. `test/marts/session-facts-plain.sql` defines the same in SQL over the raw tables.
 */
import type { Column, ColumnValue } from '../values/columns.js';
import type { ConversationRows } from './conversation-rows.js';
import { columnOf } from './record-schema.js';
import type { DerivedRelation } from './relations.js';
import { type AgentSession, answers, byStart } from './session-facts-answers.js';
import { countNames, type FactKey, factKeys, sessionFactsShape, timerNames } from './session-facts-columns.js';
import { columnIndexes, type Row, relationNamed } from './session-facts-rows.js';
import { type MetricSums, type SegmentFacts, segmentFacts, sumMetrics } from './session-facts-sums.js';

/** Takes typed rows of a flattened conversation, so that facts contain the same values as the raw tables. */
export type FactsInput = Pick<ConversationRows, 'conversationStart' | 'rows'>;

/**
 * A row under construction. V8 would turn objects with a member for each of the ninety columns into
 * hash tables, and building those was three quarters of all work of an extraction.
 */
interface Draft extends AgentSession {
  readonly row: ColumnValue[];
}

const columns: readonly Column[] = [
  ...sessionFactsShape.positions.map((name) => ({ name, type: 'smallint' as const })),
  ...factKeys.map((key) => ({ name: columnOf(key), type: sessionFactsShape.fields[key] })),
];

/** Maps each fact to its position in the row. */
export const factIndexes = Object.fromEntries(
  factKeys.map((key, index) => [key, sessionFactsShape.positions.length + index]),
) as Record<FactKey, number>;
const at = factIndexes;

/** `genesys.session_facts` as the loader stores it. */
export const sessionFactsRelation: DerivedRelation = {
  name: sessionFactsShape.relation,
  columns,
};

const conversation = columnIndexes('conversations', ['conversation_end', 'originating_direction', 'division_ids']);
const participant = columnIndexes('participants', ['participant_id', 'user_id', 'team_id', 'purpose']);
const session = columnIndexes('sessions', [
  'callback_scheduled_time',
  'session_id',
  'peer_id',
  'outbound_campaign_id',
  'acw_skipped',
  'media_type',
  'direction',
  'message_type',
  'flow_out_type',
]);
const relationIndexes = {
  conversations: relationNamed('conversations').index,
  participants: relationNamed('participants').index,
  sessions: relationNamed('sessions').index,
  segments: relationNamed('segments').index,
  metrics: relationNamed('session_metrics').index,
};
const noRow: Row = [];

/** Disconnect types of the last segment in contact when the session transferred the conversation. */
const transferTypes = new Set([
  'transfer',
  'consultTransfer',
  'conferenceTransfer',
  'forwardTransfer',
  'noAnswerTransfer',
  'notAvailableTransfer',
  'dndTransfer',
]);

/**
 * Computes the rows of `genesys.session_facts`, in the order of `sessionFactsRelation.columns`. A
 * conversation without any session has one row at position 0, 0, so that every conversation can be
 * counted from the facts alone. Pure.
 */
export function sessionFacts(flat: FactsInput): Row[] {
  const rowsOf = (index: number): readonly Row[] => flat.rows[index] ?? [];
  const conversationRow = rowsOf(relationIndexes.conversations)[0] ?? noRow;
  const participants = rowsOf(relationIndexes.participants);
  const segments = bySession(rowsOf(relationIndexes.segments));
  const metrics = bySession(rowsOf(relationIndexes.metrics));
  const drafts = rowsOf(relationIndexes.sessions).map((sessionRow) => {
    const participantRow = participants[(sessionRow[0] as number) - 1] as Row;
    const ofSession = { segments: segments(sessionRow), metrics: metrics(sessionRow) };
    return draftOf(flat, conversationRow, participantRow, sessionRow, ofSession);
  });
  if (drafts.length === 0) {
    drafts.push(draftOf(flat, conversationRow, noRow, [0, 0], { segments: [], metrics: [] }));
  }
  relate(drafts);
  return drafts.map((draft) => draft.row);
}

/** Groups child rows, which are in the order of their sessions: each call takes the rows of the next session. */
function bySession(rows: readonly Row[]): (sessionRow: Row) => readonly Row[] {
  let next = 0;
  return ([participantNo, sessionNo]) => {
    const from = next;
    while (rows[next]?.[0] === participantNo && rows[next]?.[1] === sessionNo) next += 1;
    return rows.slice(from, next);
  };
}

function draftOf(
  flat: FactsInput,
  conversationRow: Row,
  participantRow: Row,
  sessionRow: Row,
  children: { readonly segments: readonly Row[]; readonly metrics: readonly Row[] },
): Draft {
  const row = new Array<ColumnValue>(columns.length).fill(null);
  row[0] = sessionRow[0] as number;
  row[1] = sessionRow[1] as number;
  fill(
    row,
    flat,
    identity(conversationRow, participantRow, sessionRow),
    segmentFacts(children.segments),
    sumMetrics(children.metrics),
  );
  return {
    participantNo: sessionRow[0] as number,
    sessionNo: sessionRow[1] as number,
    queueId: row[at.queueId] as string | null,
    startedAt: row[at.startedAt] as number,
    row,
  };
}

function identity(conversationRow: Row, participantRow: Row, sessionRow: Row) {
  return {
    conversationEnd: conversationRow[conversation.conversation_end] ?? null,
    originatingDirection: conversationRow[conversation.originating_direction] ?? null,
    divisionIds: conversationRow[conversation.division_ids] ?? null,
    participantId: participantRow[participant.participant_id] ?? null,
    userId: participantRow[participant.user_id] ?? null,
    teamId: participantRow[participant.team_id] ?? null,
    purpose: participantRow[participant.purpose] ?? null,
    callbackScheduledTime: sessionRow[session.callback_scheduled_time] ?? null,
    sessionId: sessionRow[session.session_id] ?? null,
    peerId: sessionRow[session.peer_id] ?? null,
    outboundCampaignId: sessionRow[session.outbound_campaign_id] ?? null,
    acwSkipped: sessionRow[session.acw_skipped] ?? null,
    mediaType: sessionRow[session.media_type] ?? null,
    direction: sessionRow[session.direction] ?? null,
    messageType: sessionRow[session.message_type] ?? null,
    flowOutType: sessionRow[session.flow_out_type] ?? null,
  };
}

function fill(
  row: ColumnValue[],
  flat: FactsInput,
  known: ReturnType<typeof identity>,
  segments: SegmentFacts,
  metrics: MetricSums,
): void {
  put(row, known);
  put(row, segments.columns);
  putTimers(row, metrics);
  for (const [index, name] of countEntries) row[index] = metrics.get(name)?.sum ?? null;
  const isConnected = segments.columns.isConnected || row[at.talkMs] !== null;
  const wasAlerted = segments.hasAlert || metrics.has('tAlert');
  // A session without segments gets the time of its conversation.
  row[at.startedAt] = segments.columns.startedAt ?? flat.conversationStart;
  row[at.handledAt] = metrics.get('tHandle')?.lastEmitDate ?? null;
  row[at.agentSessionCount] = 0;
  row[at.isAgentSession] = (known.purpose === 'agent' || known.purpose === 'user') && known.userId !== null;
  row[at.isQueueLeg] = known.purpose === 'acd';
  row[at.isFirstQueue] = false;
  row[at.isLastQueue] = false;
  row[at.isConnected] = isConnected;
  row[at.isAlertOnly] = wasAlerted && !isConnected && !segments.columns.isDialed;
  row[at.isTransferred] =
    Number(row[at.transferredCount]) > 0 || transferTypes.has(segments.columns.connectedDisconnectType ?? '');
}

function put(row: ColumnValue[], facts: Partial<Readonly<Record<FactKey, ColumnValue>>>): void {
  for (const key in facts) row[at[key as FactKey]] = facts[key as FactKey] ?? null;
}

/** Stores sums over repeated metrics. The total of a leg counts where it was emitted; otherwise the sum of its parts replaces it. */
function putTimers(row: ColumnValue[], metrics: MetricSums): void {
  for (const { ms, count, whole, parts } of timerEntries) {
    const total = metrics.get(whole);
    const partial = parts === undefined ? undefined : metrics.get(parts);
    row[ms] = total?.sum ?? partial?.sum ?? null;
    row[count] = total?.count ?? (partial === undefined ? null : 1);
  }
}

const timerEntries = (Object.entries(timerNames) as [keyof typeof timerNames, readonly [string, string?]][]).map(
  ([stem, [whole, parts]]) => ({ ms: at[`${stem}Ms`], count: at[`${stem}Count`], whole, parts }),
);
const countEntries = (Object.entries(countNames) as [keyof typeof countNames, string][]).map(
  ([stem, name]) => [at[`${stem}Count`], name] as const,
);

/**
 * Stores facts that span sessions: the number of agent sessions, the first and last queue, and the
 * session that answered each stay in a queue.
 */
function relate(drafts: readonly Draft[]): void {
  const agents = drafts.filter((draft) => draft.row[at.isAgentSession] === true);
  for (const draft of drafts) draft.row[at.agentSessionCount] = agents.length;
  const legs = drafts.filter((draft) => draft.row[at.isQueueLeg] === true);
  markEnds([...legs, ...agents]);
  const answered = agents.filter((draft) => draft.row[at.answeredCount] !== null);
  for (const [leg, agent] of answers(legs, answered)) {
    leg.row[at.answerParticipantNo] = agent.participantNo;
    leg.row[at.answerSessionNo] = agent.sessionNo;
    leg.row[at.answerMs] = agent.row[at.answeredMs] ?? null;
    leg.row[at.answerOverSlaCount] = agent.row[at.overSlaCount] ?? null;
    leg.row[at.answerUserId] = agent.row[at.userId] ?? null;
  }
}

/** Marks the first and the last queue in which the conversation waited or was handled. */
function markEnds(drafts: readonly Draft[]): void {
  const [first, last] = endsOf(drafts.filter((draft) => draft.queueId !== null));
  if (first !== undefined) first.row[at.isFirstQueue] = true;
  if (last !== undefined) last.row[at.isLastQueue] = true;
}

function endsOf(drafts: readonly Draft[]): readonly [Draft | undefined, Draft | undefined] {
  let [first, last] = [drafts[0], drafts[0]];
  for (const draft of drafts) {
    if (first === undefined || byStart(draft, first) < 0) first = draft;
    if (last === undefined || byStart(draft, last) > 0) last = draft;
  }
  return [first, last];
}
