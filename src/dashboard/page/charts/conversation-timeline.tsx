import { type Row, textOf } from '../lib/api.js';
import { laneNames, noteOf, sessionOf } from '../lib/conversation-lanes.js';
import { kindOf } from '../lib/work-kinds.js';
import { type Stretch, Timeline } from './timeline.js';

/** Draws the states of each participant over time, one lane for each, or for each session where several ran side by side. */
export function ConversationTimeline({ rows }: { rows: readonly Row[] }) {
  const lanes = laneNames(rows);
  const stretches = rows.map((row): Stretch => {
    const lane = lanes.get(sessionOf(row)) ?? textOf(row.lane);
    const { label, color } = kindOf(textOf(row.kind));
    const note = noteOf(row);
    return {
      lane,
      from: textOf(row.from_local),
      to: textOf(row.to_local),
      label: [lane, label, ...(note === '' ? [] : [note])].join('\n'),
      color,
      ...(note !== '' && { note }),
    };
  });
  const shown = [...new Set(stretches.map(({ lane }) => lane))];
  return <Timeline stretches={stretches} lanes={shown} label="What happened in the conversation" isExact />;
}
