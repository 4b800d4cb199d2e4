import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { at, LoadDatabase } from './load-database.js';
import { call, customerId } from './load-records.js';

let db: LoadDatabase;
beforeAll(async () => {
  db = await LoadDatabase.create();
});
beforeEach(async () => {
  await db.query('truncate extract.restatements');
});
afterAll(async () => {
  await db?.drop();
});

describe('attributes', () => {
  const attributes = (value: string) => ({ agent: { attributes: { 'Case id ': value } } });

  test('stay when a newer record comes without any', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, ...attributes('7') })], at(1));
    await db.load([call({ conversationId, code: 'sold' })], at(2));
    expect(await db.record(conversationId)).toEqual(call({ conversationId, code: 'sold', ...attributes('7') }));
    expect(await db.version(conversationId)).toMatchObject({ as_of: at(2), attributes_as_of: at(1) });
  });

  test('that have expired at the source stay through every later pass, and that is not a restatement', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, ...attributes('7') })], at(1), 'conversation_history');
    for (const minute of [2, 3, 4]) {
      const counts = await db.load([call({ conversationId })], at(minute), 'conversation_history');
      expect(counts.changedRecords).toBe(0);
    }
    expect(await db.record(conversationId)).toEqual(call({ conversationId, ...attributes('7') }));
    expect(await db.version(conversationId)).toMatchObject({ as_of: at(4), attributes_as_of: at(1) });
    expect(await db.restatements()).toEqual([]);
  });

  test('follow their participant when the order of participants changes', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, ...attributes('7') })], at(1));
    await db.load([call({ conversationId, isAgentFirst: true })], at(2));
    expect(await db.record(conversationId)).toEqual(call({ conversationId, isAgentFirst: true, ...attributes('7') }));
  });

  test('come with an older record to a newer one, and that is not a restatement', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, isAgentFirst: true, code: 'sold' })], at(5));
    expect((await db.load([call({ conversationId, ...attributes('7') })], at(1))).changedRecords).toBe(1);
    const expected = call({ conversationId, isAgentFirst: true, code: 'sold', ...attributes('7') });
    expect(await db.record(conversationId)).toEqual(expected);
    expect(await db.version(conversationId)).toMatchObject({ as_of: at(5), attributes_as_of: at(1) });
    expect(await db.restatements()).toEqual([]);
  });

  test('come to an unchanged record without a write to its other rows', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId })], at(1));
    const before = await db.placesOfRows();
    await db.load([call({ conversationId, ...attributes('7') })], at(2));
    expect((await db.placesOfRows()).filter((place) => !place.includes('attributes'))).toEqual(
      before.filter((place) => !place.includes('attributes')),
    );
    expect(await db.record(conversationId)).toEqual(call({ conversationId, ...attributes('7') }));
  });

  test('that differ from the stored ones are replaced and noted', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, ...attributes('7') })], at(1));
    await db.load([call({ conversationId, ...attributes('8') })], at(2));
    expect(await db.record(conversationId)).toEqual(call({ conversationId, ...attributes('8') }));
    expect(await db.restatements()).toMatchObject([
      { previous_as_of: at(1), as_of: at(2), changed_fields: 'participants.attributes.Case id ' },
    ]);
  });

  test('are not overwritten by older ones', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, ...attributes('8') })], at(2));
    await db.load([call({ conversationId, ...attributes('7') })], at(1));
    expect(await db.record(conversationId)).toEqual(call({ conversationId, ...attributes('8') }));
  });

  test('of a participant that went and came back are written again by the same job', async () => {
    const conversationId = randomUUID();
    const whole = call({ conversationId, ...attributes('7') });
    await db.load([whole], at(1));
    await db.load([{ ...whole, participants: [{ participantId: customerId }] }], at(2));
    await db.load([call({ conversationId })], at(3));
    await db.load([whole], at(4));
    expect(await db.record(conversationId)).toEqual(whole);
  });
});
