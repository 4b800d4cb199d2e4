import { afterAll, beforeAll, expect, test } from 'vitest';
import { id, type JsonObject, type Marts, openMarts } from './support.js';

let marts: Marts;

const hour = (at: number) => new Date(Date.UTC(2026, 2, 2, at)).toISOString();

/** One hour of a stream; `more` says what has become of it. */
async function insertSlice(stream: string, from: number, more: JsonObject): Promise<void> {
  const slice = { slice_from: hour(from), slice_to: hour(from + 1), priority: 1, requested_at: hour(0), ...more };
  const names = ['stream', ...Object.keys(slice)];
  const places = names.map((_, index) => `$${index + 1}`);
  await marts.rows(`insert into extract.slices (${names.join(', ')}) values (${places.join(', ')})`, [
    stream,
    ...Object.values(slice),
  ]);
}

const final = { pass: 2, due_at: null, last_pass_at: hour(30) };
const future = '2999-01-01T00:00:00Z';

beforeAll(async () => {
  marts = await openMarts();
  await insertSlice('calls', 1, { ...final, records: 10 });
  await insertSlice('calls', 2, { pass: 1, due_at: hour(40), last_pass_at: hour(31), records: 5 });
  const failure = { attempts: 3, last_error: 'the API said 503', last_error_at: hour(32), retry_at: future };
  await insertSlice('calls', 3, { pass: 0, due_at: hour(4), ...failure });
  // Hour 4 was never planned.
  await insertSlice('calls', 5, { pass: 0, due_at: hour(6) });
  await insertSlice('calls', 6, { pass: 0, due_at: hour(7), retry_at: future });
  await insertSlice('calls', 7, { pass: 0, due_at: future });
  await insertSlice('calls', 8, { pass: 1, due_at: hour(9), ...failure, attempts: 1 });
  await insertSlice('quiet', 1, final);
  for (const stream of ['calls', 'quiet']) {
    await marts.rows('insert into extract.streams (stream, scheduled_from) values ($1, $2)', [stream, hour(1)]);
  }
  // A backfill of long ago, not done yet, and the void between it and the schedule, which nobody asked for.
  await insertSlice('quiet', -100, { pass: 0, due_at: future });
  // A directory: it has no schedule, and the periods that it missed are nobody's loss.
  await insertSlice('names', 1, final);
  await insertSlice('names', 6, final);
  await marts.rows(
    `insert into extract.dead_letters (stream, reason, record, record_hash, as_of, first_seen_at, last_seen_at)
     values ('calls', 'no start', '{}', $1, now(), now(), now()), ('orphan', 'no start', '{}', $1, now(), now(), now())`,
    [id(1)],
  );
  await marts.rows(
    `insert into extract.restatements (conversation_id, conversation_start, restated_at, stream, previous_as_of, as_of, changed_fields)
     values ($1, $2, $3, 'calls', $2, $3, 'surveys')`,
    [id(1), hour(0), hour(48)],
  );
});

afterAll(() => marts?.close());

test('freshness shows per stream what is stored, final, pending and failing', async () => {
  const rows = await marts.rows(
    `select stream, watermark_at, final_until_at, latest_data_at, last_success_at, due_slice_count::int, pending_slice_count::int,
            failing_slice_count::int, dead_letter_count::int, record_count::int
     from mart.ops_freshness order by stream`,
  );
  const at = (value: number) => new Date(hour(value));
  expect(rows).toEqual([
    {
      stream: 'calls',
      watermark_at: at(3),
      final_until_at: at(2),
      latest_data_at: at(9),
      last_success_at: at(31),
      due_slice_count: 5,
      pending_slice_count: 4,
      failing_slice_count: 2,
      dead_letter_count: 1,
      record_count: 15,
    },
    {
      stream: 'names',
      watermark_at: at(6),
      final_until_at: at(6),
      latest_data_at: at(7),
      last_success_at: at(30),
      due_slice_count: 0,
      pending_slice_count: 0,
      failing_slice_count: 0,
      dead_letter_count: 0,
      record_count: 0,
    },
    {
      stream: 'orphan',
      watermark_at: null,
      final_until_at: null,
      latest_data_at: null,
      last_success_at: null,
      due_slice_count: 0,
      pending_slice_count: 0,
      failing_slice_count: 0,
      dead_letter_count: 1,
      record_count: 0,
    },
    {
      stream: 'quiet',
      watermark_at: at(2),
      final_until_at: at(2),
      latest_data_at: at(2),
      last_success_at: at(30),
      due_slice_count: 0,
      pending_slice_count: 1,
      failing_slice_count: 0,
      dead_letter_count: 0,
      record_count: 0,
    },
  ]);
});

test('coverage shows every gap until it is filled, and nothing of what is in order', async () => {
  const rows = await marts.rows(
    `select stream, state, extract(hour from from_at)::int as from_hour, length_seconds::int, attempt_count::int, last_error,
            is_missing, next_attempt_at is not null as has_next_attempt
     from mart.ops_coverage where state <> 'dead_letter' order by from_at`,
  );
  const gap = (from_hour: number, state: string, more: JsonObject = {}) => ({
    stream: 'calls',
    state,
    from_hour,
    length_seconds: 3600,
    attempt_count: 0,
    last_error: null,
    is_missing: true,
    has_next_attempt: true,
    ...more,
  });
  expect(rows).toEqual([
    gap(3, 'failing', { attempt_count: 3, last_error: 'the API said 503' }),
    gap(4, 'not_planned', { has_next_attempt: false }),
    gap(5, 'due'),
    gap(6, 'waiting'),
    gap(8, 'failing_renewal', { attempt_count: 1, last_error: 'the API said 503', is_missing: false }),
  ]);
});

test('a dead letter is a gap with its age and the pull that brings the record again, until it is gone', async () => {
  const [slice] = await marts.rows(
    `select slice_id from extract.slices where stream = 'calls' and pass = 1 and due_at = $1`,
    [hour(40)],
  );
  await marts.rows(`update extract.dead_letters set slice_id = $1 where stream = 'calls'`, [slice?.slice_id as string]);
  const read = () =>
    marts.rows(
      `select stream, last_error, record_count::int, extract(hour from from_at)::int as from_hour, age_seconds >= 0 as has_age,
              is_missing, next_attempt_at
       from mart.ops_coverage where state = 'dead_letter' order by stream`,
    );
  const letter = { last_error: 'no start', record_count: 1, has_age: true, is_missing: false };
  expect(await read()).toEqual([
    { ...letter, stream: 'calls', from_hour: 2, next_attempt_at: new Date(hour(40)) },
    { ...letter, stream: 'orphan', from_hour: null, next_attempt_at: null },
  ]);
  await marts.rows(`delete from extract.dead_letters`);
  expect(await read()).toEqual([]);
});

test('a watermark stops at a hole, also where everything behind it was pulled, and where the hole is the first of the schedule', async () => {
  await insertSlice('holed', 2, final);
  await insertSlice('holed', 5, final);
  await marts.rows(`insert into extract.streams (stream, scheduled_from) values ('holed', $1)`, [hour(2)]);
  const read = () => marts.rows(`select watermark_at, final_until_at from mart.ops_freshness where stream = 'holed'`);
  expect(await read()).toEqual([{ watermark_at: new Date(hour(3)), final_until_at: new Date(hour(3)) }]);
  await marts.rows(`update extract.streams set scheduled_from = $1 where stream = 'holed'`, [hour(1)]);
  expect(await read()).toEqual([{ watermark_at: new Date(hour(1)), final_until_at: new Date(hour(1)) }]);
  const holes = await marts.rows(
    `select extract(hour from from_at)::int as from_hour, length_seconds::int from mart.ops_coverage where stream = 'holed' order by 1`,
  );
  expect(holes).toEqual([
    { from_hour: 1, length_seconds: 3600 },
    { from_hour: 3, length_seconds: 2 * 3600 },
  ]);
});

test('restatements show which conversation changed how late and by how much figures changed', async () => {
  const [restatement] = await marts.rows('select restatement_id from extract.restatements');
  await marts.rows(
    `insert into extract.restatement_figures (restatement_id, quarter_start, queue_id, media_type, figure, value_before, value_after)
     values ($1, $2, $4, 'voice', 'handle_ms', 60000, 90500), ($1, $2, $4, 'voice', 'coded_count', 0, 1),
         ($1, $2, $4, 'voice', 'handled_count', 1, 0), ($1, $3, $4, 'voice', 'handled_count', 0, 1)`,
    [restatement?.restatement_id as string, hour(1), hour(5), id(7)],
  );
  const rows = await marts.rows(
    `select conversation_id, changed_fields, age_seconds::int, handled_count_moved::int, handle_seconds_moved::float8,
            coded_count_moved::int, abandoned_count_moved::int
     from mart.ops_restatements`,
  );
  expect(rows).toEqual([
    {
      conversation_id: id(1),
      changed_fields: 'surveys',
      age_seconds: 48 * 3600,
      handled_count_moved: 0,
      handle_seconds_moved: 30.5,
      coded_count_moved: 1,
      abandoned_count_moved: 0,
    },
  ]);
  const figures = await marts.rows(
    `select day::text, queue_id, figure, value_before::float8, value_after::float8, moved_by::float8
     from mart.ops_restated_figures order by figure`,
  );
  const place = { day: '2026-03-02', queue_id: id(7) };
  expect(figures).toEqual([
    { ...place, figure: 'coded_count', value_before: 0, value_after: 1, moved_by: 1 },
    { ...place, figure: 'handle_seconds', value_before: 60, value_after: 90.5, moved_by: 30.5 },
  ]);
});
