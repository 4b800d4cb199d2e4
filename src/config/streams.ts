import { closestMatch, quote } from '../lib/text.js';

/** Names of all streams, including those off by default. A test compares the list with the catalogue of streams. */
export const streamNames: readonly string[] = [
  'directory',
  'conversations',
  'open_conversations',
  'queue_aggregates',
  'agent_aggregates',
  'wrapup_aggregates',
  'user_aggregates',
  'user_details',
  'flow_aggregates',
  'flow_outcome_aggregates',
  'survey_aggregates',
  'evaluation_aggregates',
  'survey_events',
  'evaluation_events',
  'queue_directory',
  'conversation_history',
  'queue_observations',
];

/** Names for groups of streams. */
const groups: Readonly<Record<string, readonly string[]>> = {
  flows: ['flow_aggregates', 'flow_outcome_aggregates'],
  surveys: ['survey_aggregates', 'survey_events'],
  evaluations: ['evaluation_aggregates', 'evaluation_events'],
  statuses: ['user_aggregates', 'user_details'],
};

export interface StreamChoice {
  /** Names of streams that are pulled although they are not by default. */
  readonly added: readonly string[];
  /** Names of streams that are not pulled although they are by default. */
  readonly removed: readonly string[];
}

export const defaultStreams: StreamChoice = Object.freeze({ added: Object.freeze([]), removed: Object.freeze([]) });

/** Facts are read with its names, and other streams request data by its ids. */
const indispensable = 'directory';
const known = [...streamNames, ...Object.keys(groups)];

/** Parses `+queue_observations,-surveys`; returns its fault as a sentence that continues after the variable's name. */
export function parseStreams(text: string): StreamChoice | { readonly fault: string } {
  const added = new Set<string>();
  const removed = new Set<string>();
  for (const item of text.split(',').map((part) => part.trim())) {
    const [sign, name] = [item.slice(0, 1), item.slice(1).trim()];
    if (sign !== '+' && sign !== '-') {
      return { fault: `holds ${quote(item)}; write +name to add a data set and -name to exclude one` };
    }
    const fault = nameFault(name, sign);
    if (fault !== undefined) return { fault };
    for (const stream of groups[name] ?? [name]) (sign === '+' ? added : removed).add(stream);
  }
  const both = [...added].find((stream) => removed.has(stream));
  if (both !== undefined) return { fault: `both adds and excludes ${both}; keep one of them` };
  return Object.freeze({ added: Object.freeze([...added]), removed: Object.freeze([...removed]) });
}

function nameFault(name: string, sign: string): string | undefined {
  if (!known.includes(name)) {
    return `names the unknown data set ${quote(name)}; did you mean ${closestMatch(name, known)}? Known names: ${known.join(', ')}`;
  }
  if (name === indispensable && sign === '-') {
    return `excludes ${indispensable}, without which figures have no names; exclude others`;
  }
  return undefined;
}
