import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { streamNames } from '../../src/config/streams.js';
import type { GenesysApi } from '../../src/genesys/api.js';
import { allStreams, selectStreams } from '../../src/streams/catalog.js';

const streams = allStreams({} as GenesysApi, { granularity: 'PT30M' });
const chosen = (text: string) => {
  const { streams: choice } = parseConfig({ GENESYS_WAREHOUSE_STREAMS: text }, { api: false });
  return selectStreams(streams, [], choice).map(({ name }) => name);
};
const byDefault = streams.filter(({ isDefault }) => isDefault).map(({ name }) => name);

describe('GENESYS_WAREHOUSE_STREAMS', () => {
  test('knows the streams that there are, and no others', () => {
    expect([...streamNames].sort()).toEqual(streams.map(({ name }) => name).sort());
  });

  test('adds a data set to the default ones and leaves one out', () => {
    expect(chosen('+queue_observations, -surveys')).toEqual([
      ...byDefault.filter((name) => !name.startsWith('survey')),
      'queue_observations',
    ]);
  });

  test('takes the name of a stream as well as that of a data set of several', () => {
    expect(chosen('-flow_outcome_aggregates')).toEqual(byDefault.filter((name) => name !== 'flow_outcome_aggregates'));
    expect(chosen('-flows,-statuses')).toEqual(byDefault.filter((name) => !/^(flow|user)_/.test(name)));
  });

  test('does not change what is asked for by name on the command line', () => {
    const choice = { added: [], removed: ['survey_aggregates'] };
    expect(selectStreams(streams, ['survey_aggregates'], choice).map(({ name }) => name)).toEqual([
      'survey_aggregates',
    ]);
  });

  test.each([
    ['+queue_observation', 'names the unknown data set "queue_observation"; did you mean queue_observations?'],
    ['queue_observations', 'holds "queue_observations"; write +name to add a data set and -name to exclude one'],
    ['+surveys,', 'holds ""; write +name'],
    ['-directory', 'excludes directory, without which figures have no names'],
    ['+surveys,-survey_aggregates', 'both adds and excludes survey_aggregates'],
  ])('refuses %s with a sentence', (text, sentence) => {
    expect(() => parseConfig({ GENESYS_WAREHOUSE_STREAMS: text }, { api: false })).toThrow(
      `GENESYS_WAREHOUSE_STREAMS ${sentence}`,
    );
  });
});
