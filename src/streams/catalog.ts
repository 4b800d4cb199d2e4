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
  /** Limits the conversations in memory; one limit for all streams of a process. */
  readonly memory?: ConversationMemory;
}

/** Returns every stream, the directory first because facts are read with its names. */
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

/** Streams added to the default ones, and excluded from them. */
export interface StreamChoice {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Returns the streams named on the command line; without any, the default ones with additions and
 * exclusions. Throws a UsageError that lists the known streams.
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
