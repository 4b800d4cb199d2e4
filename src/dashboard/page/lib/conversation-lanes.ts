import { type Row, textOf } from './api.js';
import { mediaLabel } from './labels.js';
import { packLanes } from './lanes.js';

/** Returns what a stretch led to: the code that was given, or that the contact was passed on. */
export function noteOf(row: Row): string {
  if (row.kind === 'acw') return textOf(row.wrapup_name);
  return row.kind === 'contact' && /transfer/i.test(textOf(row.disconnect_type)) ? 'transferred' : '';
}

/** Identifies the session of a stretch within its conversation. */
export const sessionOf = (row: Row): string => `${row.participant_no}:${row.session_no}`;

interface Session {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** Names the lane of each session: its participant, with the media type where that one has several, and a number where they overlap. */
export function laneNames(rows: readonly Row[]): Map<string, string> {
  const media = new Map<string, Set<string>>();
  for (const row of rows)
    media.set(textOf(row.lane), (media.get(textOf(row.lane)) ?? new Set()).add(textOf(row.media_type)));
  const nameOf = (row: Row) =>
    (media.get(textOf(row.lane))?.size ?? 0) > 1
      ? `${textOf(row.lane)} · ${mediaLabel(textOf(row.media_type))}`
      : textOf(row.lane);
  const sessions = new Map<string, Session>();
  for (const row of rows) {
    const before = sessions.get(sessionOf(row));
    const [from, to] = [textOf(row.from_local), textOf(row.to_local)];
    sessions.set(sessionOf(row), {
      name: nameOf(row),
      from: before !== undefined && before.from < from ? before.from : from,
      to: before !== undefined && before.to > to ? before.to : to,
    });
  }
  const names = [...new Set([...sessions.values()].map(({ name }) => name))];
  return new Map(
    names.flatMap((name) => {
      const own = [...sessions].filter(([, session]) => session.name === name);
      const lanes = packLanes(own.map(([, session]) => session));
      return own.map(([key], index): [string, string] => [key, numbered(name, lanes[index] ?? 0)]);
    }),
  );
}

const numbered = (name: string, lane: number): string => (lane === 0 ? name : `${name} (${lane + 1})`);
