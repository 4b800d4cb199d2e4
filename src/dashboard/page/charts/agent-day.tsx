import { type Row, textOf } from '../lib/api.js';
import { mediaLabel } from '../lib/labels.js';
import { packLanes } from '../lib/lanes.js';
import { lookOf } from '../lib/statuses.js';
import { kindOf } from '../lib/work-kinds.js';
import { type Stretch, Timeline } from './timeline.js';

export const agentDayKeys = [
  kindOf('contact'),
  { ...kindOf('hold'), label: 'Hold, break, meal' },
  ...['acw', 'alert', 'dial'].map(kindOf),
  { name: 'queue', label: 'On queue, interacting', color: 'var(--talk)' },
  { name: 'idle', label: 'Idle', color: 'var(--ivr)' },
];

const statusLanes = { presence: 'Presence', routing_status: 'Routing status' } as const;
const secondMs = 1_000;

/** One agent's day: presence, routing status, and the conversations, as many lanes as ran side by side. */
export function AgentDay({ statuses, segments }: { statuses: readonly Row[]; segments: readonly Row[] }) {
  const spans = statuses.map(statusStretch).filter(({ color }) => color !== 'transparent');
  const work = workStretches(segments);
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

interface Run {
  readonly from: string;
  readonly to: string;
  readonly rows: readonly Row[];
}

/** Draws what was done, each run of work on one session in a lane that is free; what is parked leaves its lane to others. */
function workStretches(rows: readonly Row[]): Stretch[] {
  const runs = runsOf(rows);
  const lanes = packLanes(runs);
  return runs.flatMap((run, index) =>
    run.rows.map((row): Stretch => {
      const { label, color } = kindOf(textOf(row.kind));
      const name = [textOf(row.queue_name) || 'no queue', mediaLabel(textOf(row.media_type))].join(' · ');
      return {
        lane: `Conversations ${(lanes[index] ?? 0) + 1}`,
        from: textOf(row.from_local),
        to: textOf(row.to_local),
        label: `${name}\n${label}`,
        color,
        href: `/conversations/${textOf(row.conversation_id)}`,
      };
    }),
  );
}

/** Joins the stretches of one session that follow each other without a break. Rows come in order of time. */
function runsOf(rows: readonly Row[]): Run[] {
  const open = new Map<string, Run>();
  const done: Run[] = [];
  for (const row of rows) {
    const key = `${row.conversation_id}:${row.session_no}`;
    const [from, to] = [textOf(row.from_local), textOf(row.to_local)];
    const before = open.get(key);
    if (before !== undefined && timeOf(from) - timeOf(before.to) <= secondMs) {
      open.set(key, { from: before.from, to: to > before.to ? to : before.to, rows: [...before.rows, row] });
    } else {
      if (before !== undefined) done.push(before);
      open.set(key, { from, to, rows: [row] });
    }
  }
  return [...done, ...open.values()];
}

const timeOf = (local: string): number => Date.parse(`${local}Z`);
