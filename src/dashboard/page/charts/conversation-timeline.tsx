import { type Row, textOf } from '../lib/api.js';
import { type Stretch, Timeline } from './timeline.js';

export const conversationKeys = [
  { name: 'flow', label: 'Flow', color: 'var(--ivr)' },
  { name: 'queue', label: 'Queue', color: 'var(--queue)' },
  { name: 'alert', label: 'Alerting', color: 'var(--alert)' },
  { name: 'contact', label: 'Contact', color: 'var(--answered)' },
  { name: 'hold', label: 'Hold', color: 'var(--hold)' },
  { name: 'acw', label: 'After-call work', color: 'var(--acw)' },
];

/** Draws the states of each participant over time, one lane each. */
export function ConversationTimeline({ rows }: { rows: readonly Row[] }) {
  const stretches = rows.map((row): Stretch => {
    const key = conversationKeys.find(({ name }) => name === row.kind);
    return {
      lane: textOf(row.lane),
      from: textOf(row.from_local),
      to: textOf(row.to_local),
      label: `${textOf(row.lane)}\n${key?.label ?? textOf(row.kind)}`,
      color: key?.color ?? 'var(--before)',
    };
  });
  const lanes = [...new Set(stretches.map(({ lane }) => lane))];
  return <Timeline stretches={stretches} lanes={lanes} label="What happened in the conversation" isExact />;
}
