import type { RequestLogEntry } from '../../src/sandbox/index.js';
import type { Counts } from './counts.js';

/** What the storm did and what came of it. */
export interface Counters {
  readonly faults: Counts;
  /** Records told wrongly or changed: thousands come with a single page, so they are counted apart. */
  readonly recordFaults: Counts;
  readonly kills: Counts;
  readonly endings: Counts;
  /** Of the operations whose answers are pages that are committed, by stream group. */
  readonly requests: Counts;
  /** Of these, those that were answered well. */
  readonly answered: Counts;
  /** Pages whose rows and checkpoint were committed, by stream. */
  readonly committed: Counts;
  readonly misbehaved: string[];
  kindsMissing: readonly string[];
  seconds: number;
  organisationHours: number;
}

/** Where one answer is one page; listings of the directory are committed as a whole and not counted here. */
const groups: Readonly<Record<string, string>> = {
  'conversations details query': 'conversations',
  'conversations details job results': 'conversation_history',
  'users details query': 'user_details',
};

export const pageStreams: readonly string[] = Object.values(groups);

export function readTally(entries: readonly RequestLogEntry[], tally: Counters): void {
  for (const { operation = '', status, fault } of entries) {
    const group = groups[operation];
    if (group === undefined) continue;
    tally.requests.add(group);
    if (status === 200 && (fault === undefined || fault === 'stall')) tally.answered.add(group);
  }
}
