import type { GenesysApi } from '../genesys/api.js';
import { UsageError } from '../lib/errors.js';
import type { Stream } from '../model/extraction.js';
import { conversationAggregateStreams } from './aggregates/conversations.js';
import { evaluationAggregateStream } from './aggregates/evaluations.js';
import { flowAggregateStreams } from './aggregates/flows.js';
import { queueObservationStream } from './aggregates/queue-observations.js';
import type { Granularity } from './aggregates/stream.js';
import { surveyAggregateStream } from './aggregates/surveys.js';
import { userAggregateStream } from './aggregates/users.js';
import { qualityEventStreams } from './conversations/by-event.js';
import { conversationHistoryStream } from './conversations/history.js';
import { openConversationsStream } from './conversations/open.js';
import { type ConversationMemory, conversationMemory } from './conversations/page-reader.js';
import { conversationsStream } from './conversations/recent.js';
import { queueDirectoryStream } from './directory/queues.js';
import { directoryStream } from './directory/stream.js';
import { userDetailStream } from './user-statuses.js';

export interface StreamOptions {
  /** Length of the intervals of all aggregates. */
  readonly granularity: Granularity;
  /** Bounds the conversations in memory; one for all streams of a process. */
  readonly memory?: ConversationMemory;
}

/** Every stream there is, the directory first: facts are read with its names. */
export function allStreams(
  api: GenesysApi,
  { granularity, memory = conversationMemory() }: StreamOptions,
): readonly Stream[] {
  return [
    directoryStream(api),
    conversationsStream(api, memory),
    openConversationsStream(api, memory),
    ...conversationAggregateStreams(api, granularity),
    userAggregateStream(api, granularity),
    userDetailStream(api),
    ...flowAggregateStreams(api, granularity),
    surveyAggregateStream(api, granularity),
    evaluationAggregateStream(api, granularity),
    ...qualityEventStreams(api, memory),
    queueDirectoryStream(api),
    conversationHistoryStream(api, memory),
    queueObservationStream(api),
  ];
}

/** Beyond the default streams, and left out of them. */
export interface StreamChoice {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * The streams named on the command line; without any the default ones with what is added and without what is removed. Throws a UsageError
 * that lists what there is.
 */
export function selectStreams(
  streams: readonly Stream[],
  names: readonly string[],
  { added, removed }: StreamChoice = { added: [], removed: [] },
): readonly Stream[] {
  if (names.length === 0) {
    return streams.filter(({ name, isDefault }) => (isDefault || added.includes(name)) && !removed.includes(name));
  }
  const unknown = names.filter((name) => !streams.some((stream) => stream.name === name));
  if (unknown.length > 0) {
    const known = streams.map((stream) => stream.name).join(', ');
    throw new UsageError(`There is no stream ${unknown.join(', ')}; there are ${known}.`);
  }
  return streams.filter((stream) => names.includes(stream.name));
}
