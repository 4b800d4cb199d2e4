import { UsageError } from '../errors.js';
import type { GenesysApi } from '../genesys/api.js';
import type { Stream } from '../protocol.js';
import type { Granularity } from './aggregates.js';
import { conversationAggregateStreams } from './conversation-aggregates.js';
import { conversationHistoryStream } from './conversation-history.js';
import { conversationsStream } from './conversations.js';
import { directoryStream } from './directory.js';
import { evaluationAggregateStream } from './evaluation-aggregates.js';
import { flowAggregateStreams } from './flow-aggregates.js';
import { openConversationsStream } from './open-conversations.js';
import { queueDirectoryStream } from './queue-directory.js';
import { queueObservationStream } from './queue-observations.js';
import { surveyAggregateStream } from './survey-aggregates.js';
import { userAggregateStream } from './user-aggregates.js';
import { userDetailStream } from './user-details.js';

export interface StreamOptions {
  /** Length of the intervals of all aggregates. */
  readonly granularity: Granularity;
}

/** Every stream there is, the directory first: facts are read with its names. */
export function allStreams(api: GenesysApi, { granularity }: StreamOptions): readonly Stream[] {
  return [
    directoryStream(api),
    conversationsStream(api),
    openConversationsStream(api),
    ...conversationAggregateStreams(api, granularity),
    userAggregateStream(api, granularity),
    userDetailStream(api),
    ...flowAggregateStreams(api, granularity),
    surveyAggregateStream(api, granularity),
    evaluationAggregateStream(api, granularity),
    queueDirectoryStream(api),
    conversationHistoryStream(api),
    queueObservationStream(api),
  ];
}

/** The streams named on the command line, or the default ones. Throws a UsageError that lists what there is. */
export function selectStreams(streams: readonly Stream[], names: readonly string[]): readonly Stream[] {
  if (names.length === 0) return streams.filter((stream) => stream.isDefault);
  const unknown = names.filter((name) => !streams.some((stream) => stream.name === name));
  if (unknown.length > 0) {
    const known = streams.map((stream) => stream.name).join(', ');
    throw new UsageError(`There is no stream ${unknown.join(', ')}; there are ${known}.`);
  }
  return streams.filter((stream) => names.includes(stream.name));
}
