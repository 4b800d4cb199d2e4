import { type Row, textOf } from '../lib/api.js';
import { mediaLabel } from '../lib/labels.js';
import { packLanes } from '../lib/lanes.js';
import { lookOf } from '../lib/statuses.js';
import { type Stretch, Timeline } from './timeline.js';

export const agentDayKeys = [
  { name: 'talk', label: 'Contact', color: 'var(--answered)' },
  { name: 'acw', label: 'After-call work', color: 'var(--acw)' },
  { name: 'alert', label: 'Alerting', color: 'var(--alert)' },
  { name: 'queue', label: 'On queue, interacting', color: 'var(--talk)' },
  { name: 'break', label: 'Break, meal', color: 'var(--hold)' },
];

const statusLanes = { presence: 'Presence', routing_status: 'Routing status' } as const;
const secondMs = 1_000;

/** One agent's day: presence, routing status, and the conversations, as many lanes as ran side by side. */
export function AgentDay({
  statuses,
  sessions,
  day,
}: {
  statuses: readonly Row[];
  sessions: readonly Row[];
  day: string;
}) {
  const spans = statuses.map(statusStretch).filter(({ color }) => color !== 'transparent');
  const work = sessionStretches(sessions, day, textOf(statuses.at(-1)?.shown_to_local));
  const lanes = [...Object.values(statusLanes), ...new Set(work.map(({ lane }) => lane))].sort(byLane);
  return <Timeline stretches={[...spans, ...work]} lanes={lanes} label="The day of the agent" />;
}

const order = ['Presence', 'Routing status'];
const byLane = (a: string, b: string): number =>
  order.includes(a) && order.includes(b)
    ? order.indexOf(a) - order.indexOf(b)
    : order.includes(a)
      ? -1
      : order.includes(b)
        ? 1
        : a.localeCompare(b, 'en', { numeric: true });

function statusStretch(row: Row): Stretch {
  const kind = textOf(row.status_kind) as keyof typeof statusLanes;
  const { label, color } = lookOf(kind, textOf(row.status));
  const own = textOf(row.organization_presence_name);
  return {
    lane: statusLanes[kind] ?? kind,
    from: textOf(row.shown_from_local),
    to: textOf(row.shown_to_local),
    label: own !== '' && own !== label ? `${label} (${own})` : label,
    color,
  };
}

/** Alerting, contact and after-call work of each session; hold lies within contact. */
function sessionStretches(rows: readonly Row[], day: string, nowLocal: string): Stretch[] {
  const [begin, end] = [`${day}T00:00:00`, nowLocal === '' ? `${day}T23:59:59` : nowLocal];
  const clip = (local: string) => (local < begin ? begin : local > end ? end : local);
  const spans = rows.map((row) => ({
    row,
    from: clip(textOf(row.started_local)),
    to: clip(textOf(row.ended_local) === '' ? end : textOf(row.ended_local)),
  }));
  const lanes = packLanes(spans);
  return spans.flatMap(({ row, from, to }, index) => {
    const lane = `Conversations ${(lanes[index] ?? 0) + 1}`;
    const name = [textOf(row.queue_name) || 'no queue', mediaLabel(textOf(row.media_type))].join(' · ');
    const href = `/conversations/${textOf(row.conversation_id)}`;
    const connected = textOf(row.connected_local);
    const acwStart = clip(shifted(to, -(Number(row.acw_seconds ?? 0) || 0)));
    const part = (start: string, stop: string, word: string, color: string): Stretch[] =>
      stop > start ? [{ lane, from: start, to: stop, label: `${name}\n${word}`, color, href }] : [];
    if (connected === '') return part(from, to, 'Alerting, not taken', 'var(--alert)');
    return [
      ...part(from, clip(connected), 'Alerting', 'var(--alert)'),
      ...part(clip(connected), acwStart, 'Contact', 'var(--answered)'),
      ...part(acwStart > clip(connected) ? acwStart : clip(connected), to, 'After-call work', 'var(--acw)'),
    ];
  });
}

/** Local text moved by seconds. */
function shifted(local: string, seconds: number): string {
  return new Date(Date.parse(`${local}Z`) + seconds * secondMs).toISOString().slice(0, 19);
}
