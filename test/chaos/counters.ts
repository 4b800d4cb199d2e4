import type { RequestLogEntry } from '../../src/sandbox/index.js';
import type { Counts } from './counts.js';

/** Counts what the storm did and its effects. */
export interface Counters {
  readonly faults: Counts;
  /** Records returned wrongly or changed: thousands come with a single page, so they are counted separately. */
  readonly recordFaults: Counts;
  readonly kills: Counts;
  readonly endings: Counts;
  /** Requests of operations whose answers are committed pages, by stream group. */
  readonly requests: Counts;
  /** Number of these that were answered successfully. */
  readonly answered: Counts;
  /** Pages whose rows and checkpoint were committed, by stream. */
  readonly committed: Counts;
  readonly misbehaved: string[];
  kindsMissing: readonly string[];
  seconds: number;
  organisationHours: number;
}

/** Lists operations of which one answer is one page; listings of the directory are committed as a whole and not counted here. */
const groups: Readonly<Record<string, string>> = {
  'conversations details query': 'conversations',
  'conversations details job results': 'conversation_history',
  'users details query': 'user_details',
};

export const pageStreams: readonly string[] = Object.values(groups);

export function countRequests(entries: readonly RequestLogEntry[], counters: Counters): void {
  for (const { operation = '', status, fault } of entries) {
    const group = groups[operation];
    if (group === undefined) continue;
    counters.requests.add(group);
    if (status === 200 && (fault === undefined || fault === 'stall')) counters.answered.add(group);
  }
}
