import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { id, insertEntity, type Marts, openMarts } from './support.js';

/** As the directory writes them, and as statuses do. */
const words: readonly (readonly [directory: string, status: string])[] = [
  ['Available', 'AVAILABLE'],
  ['Away', 'AWAY'],
  ['Break', 'BREAK'],
  ['Busy', 'BUSY'],
  ['Idle', 'IDLE'],
  ['Meal', 'MEAL'],
  ['Meeting', 'MEETING'],
  ['Offline', 'OFFLINE'],
  ['OnQueue', 'ON_QUEUE'],
  ['On Queue', 'ON_QUEUE'],
  ['ON_QUEUE', 'ON_QUEUE'],
  ['Training', 'TRAINING'],
];

describe('presences', () => {
  let marts: Marts;
  beforeAll(async () => {
    marts = await openMarts();
    for (const [index, [directory, status]] of words.entries()) {
      const presence_id = id(100 + index);
      const values = { presence_id, name: `Our ${directory}`, system_presence: directory };
      await insertEntity(marts, { relation: 'presences', values });
      await marts.rows(
        `insert into genesys.user_presences (user_id, start_time, as_of, system_presence, organization_presence_id)
         values ($1, $2, now(), $3, $4)`,
        [id(1), new Date(Date.UTC(2026, 2, 2, index)), status, presence_id],
      );
    }
  });
  afterAll(() => marts?.close());

  test('of the directory carry the word that statuses use, so that the two join', async () => {
    const rows = await marts.rows(
      `select presences.system_presence, statuses.status
       from mart.fct_agent_statuses as statuses
       inner join mart.dim_presences as presences on presences.status = statuses.status
           and presences.organization_presence_id = statuses.organization_presence_id
       order by statuses.started_at`,
    );
    expect(rows.map((row) => [row.system_presence, row.status])).toEqual(words);
  });

  test('of statuses carry the name of the organisation’s definition', async () => {
    const rows = await marts.rows(
      `select organization_presence_name as name from mart.fct_agent_statuses where status = 'ON_QUEUE' order by started_at`,
    );
    expect(rows.map(({ name }) => name)).toEqual(['Our OnQueue', 'Our On Queue', 'Our ON_QUEUE']);
  });
});
