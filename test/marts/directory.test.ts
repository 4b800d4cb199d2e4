import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, id, insertEntity, type Marts, openMarts } from './support.js';

let marts: Marts;

/** Two versions of a queue and of a user, a user with odd skills, and what they refer to. */
beforeAll(async () => {
  marts = await openMarts();
  const settings = { call: { serviceLevel: { durationMs: 20_000, percentage: 0.8 }, alertingTimeoutSeconds: 18 } };
  const odd = { email: { serviceLevel: { durationMs: 'soon', percentage: null } } };
  const queue = { queue_id: id(1), scoring_method: 'TimestampAndPriority', media_settings: { ...settings, ...odd } };
  await insertEntity(marts, { relation: 'divisions', values: { division_id: id(80), name: 'North' } });
  await insertEntity(marts, { relation: 'divisions', values: { division_id: id(81), name: 'South' } });
  await insertEntity(marts, {
    relation: 'queues',
    values: { ...queue, name: 'Old', division_id: id(80), valid_to: at('08:00'), acw_timeout_ms: 30_500 },
  });
  await insertEntity(marts, {
    relation: 'queues',
    values: { ...queue, name: 'New', division_id: id(81), valid_from: at('08:00'), acw_timeout_ms: 45_000 },
  });
  await insertEntity(marts, { relation: 'teams', values: { team_id: id(20), name: 'Blue', member_count: 2 } });
  await insertEntity(marts, { relation: 'locations', values: { location_id: id(40), name: 'Harbour' } });
  await insertEntity(marts, { relation: 'users', values: { user_id: id(2), name: 'Ann', team_id: id(20), ...ann } });
  await insertEntity(marts, { relation: 'users', values: { user_id: id(3), name: 'Bob', extra: { skills: 'none' } } });
  for (const [user, deletedAt] of [
    [2, null],
    [3, at('09:00')],
  ] as const) {
    const values = { queue_id: id(1), user_id: id(user), ring_number: 1, is_joined: true, deleted_at: deletedAt };
    await insertEntity(marts, { relation: 'queue_members', values });
  }
});
const ann = {
  state: 'active',
  extra: {
    locations: [{ id: id(41), locationDefinition: { id: id(40), name: 'Harbour, as placed' } }],
    skills: [
      { id: id(30), proficiency: 4.5, state: 'active' },
      { id: id(30), proficiency: 1, state: 'active' },
      { id: 'not an id', proficiency: 3 },
      { id: id(31), proficiency: 'good', state: 'inactive' },
    ],
    languages: [{ id: id(50), proficiency: 5 }],
  },
};

afterAll(() => marts?.close());

test('targets of a queue are in its row by medium, and a value that is not a number is null instead of an error', async () => {
  const [row] = await marts.rows('select * from mart.dim_queues');
  expect(row).toMatchObject({
    queue_name: 'New',
    scoring_method: 'TimestampAndPriority',
    acw_timeout_seconds: '45.000',
  });
  expect([row?.voice_target_seconds, row?.voice_target_rate, row?.voice_alerting_seconds].map(Number)).toEqual([
    20, 0.8, 18,
  ]);
  expect([row?.email_target_seconds, row?.email_target_rate, row?.chat_target_seconds]).toEqual([null, null, null]);
});

test('the history of a queue says what it was called, and where it belonged, at any time', async () => {
  const rows = await marts.rows(
    `select version_no, queue_name, division_name, acw_timeout_seconds::float, is_current, valid_to_at
     from mart.dim_queues_history order by version_no`,
  );
  expect(rows).toEqual([
    {
      version_no: 1,
      queue_name: 'Old',
      division_name: 'North',
      acw_timeout_seconds: 30.5,
      is_current: false,
      valid_to_at: new Date(at('08:00')),
    },
    {
      version_no: 2,
      queue_name: 'New',
      division_name: 'South',
      acw_timeout_seconds: 45,
      is_current: true,
      valid_to_at: null,
    },
  ]);
});

test('a user has the names of team and location, and none where none is set', async () => {
  const rows = await marts.rows(
    'select user_name, team_name, location_id, location_name, is_active, is_deleted from mart.dim_users order by user_name',
  );
  expect(rows).toEqual([
    {
      user_name: 'Ann',
      team_name: 'Blue',
      location_id: id(40),
      location_name: 'Harbour',
      is_active: true,
      is_deleted: false,
    },
    { user_name: 'Bob', team_name: null, location_id: null, location_name: null, is_active: false, is_deleted: false },
  ]);
});

test('skills that the API lists twice for a user are listed once, and invalid ids are left out', async () => {
  const skills = await marts.rows('select * from mart.bridge_user_skills order by skill_id');
  expect(skills).toEqual([
    { user_id: id(2), skill_id: id(30), proficiency: '4.5', is_active: true },
    { user_id: id(2), skill_id: id(31), proficiency: null, is_active: false },
  ]);
  const languages = await marts.rows('select * from mart.bridge_user_languages');
  expect(languages).toEqual([{ user_id: id(2), language_id: id(50), proficiency: '5', is_active: true }]);
});

test('members who left a queue are members no more', async () => {
  const rows = await marts.rows('select queue_id, user_id, is_joined from mart.bridge_queue_members');
  expect(rows).toEqual([{ queue_id: id(1), user_id: id(2), is_joined: true }]);
});
