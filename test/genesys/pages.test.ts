import { describe, expect, test } from 'vitest';
import type { EntityPages, JsonObject } from '../../src/genesys/api.js';
import { cursorPages, numberedPages, type PageRequest } from '../../src/genesys/endpoints/pagination.js';
import { ApiError } from '../../src/lib/errors.js';

const requestedAt = new Date('2026-01-05T00:00:00Z');

function answering(body: (page: PageRequest) => JsonObject) {
  const asked: PageRequest[] = [];
  const fetchPage = async (page: PageRequest) => {
    asked.push(page);
    return { body: body(page), requestedAt };
  };
  return { asked, fetchPage };
}

async function idsOf(pages: EntityPages): Promise<unknown[]> {
  const ids: unknown[] = [];
  for await (const page of pages) ids.push(...page.entities.map((entity) => entity.id));
  return ids;
}

const entity = (id: unknown) => ({ id });

describe('numbered pages', () => {
  test('are read as far as the answer’s page count, though pages are smaller than asked for', async () => {
    const { asked, fetchPage } = answering(({ pageNumber }) => ({
      entities: [entity(pageNumber)],
      pageNumber,
      pageSize: 1,
      pageCount: 3,
    }));
    expect(await idsOf(numberedPages('things', fetchPage))).toEqual([1, 2, 3]);
    expect(asked).toHaveLength(3);
  });

  test('continue after an empty page in the middle', async () => {
    const { fetchPage } = answering(({ pageNumber }) => ({
      ...(pageNumber !== 2 && { entities: [entity(pageNumber)] }),
      pageCount: 3,
    }));
    expect(await idsOf(numberedPages('things', fetchPage))).toEqual([1, 3]);
  });

  test('follow nextUri where there is no page count', async () => {
    const { fetchPage } = answering(({ pageNumber }) => ({
      entities: [entity(pageNumber)],
      ...(pageNumber < 4 && { nextUri: `/api/v2/things?pageNumber=${pageNumber + 1}` }),
    }));
    expect(await idsOf(numberedPages('things', fetchPage))).toEqual([1, 2, 3, 4]);
  });

  test('end on an empty page even if nextUri is always given', async () => {
    const { asked, fetchPage } = answering(({ pageNumber }) => ({
      entities: pageNumber === 1 ? [entity(1)] : [],
      nextUri: '/api/v2/things?pageNumber=9',
    }));
    expect(await idsOf(numberedPages('things', fetchPage))).toEqual([1]);
    expect(asked).toHaveLength(2);
  });

  test('are one where the answer says nothing of pages', async () => {
    const { fetchPage } = answering(() => ({ entities: [entity('a'), entity('b')] }));
    expect(await idsOf(numberedPages('things', fetchPage))).toEqual(['a', 'b']);
  });

  test('are none where there is no entity', async () => {
    const { fetchPage } = answering(() => ({}));
    expect(await idsOf(numberedPages('things', fetchPage))).toEqual([]);
  });

  test.each([
    ['another page than asked', { entities: [entity(1)], pageNumber: 1, pageCount: 5 }, /asked for page 2/],
    ['no list', { entities: 'x' }, /not a list of objects/],
    ['a list of other things', { entities: [1] }, /not a list of objects/],
  ])('that answer %s are an error', async (_, body, message) => {
    const { fetchPage } = answering(() => body);
    const walk = idsOf(numberedPages('things', fetchPage));
    await expect(walk).rejects.toBeInstanceOf(ApiError);
    await expect(walk).rejects.toThrow(message);
  });

  test('that never end are an error', async () => {
    const { fetchPage } = answering(({ pageNumber }) => ({ entities: [entity(1)], pageCount: pageNumber + 1 }));
    await expect(idsOf(numberedPages('things', fetchPage))).rejects.toThrow(/did not end/);
  });
});

describe('pages by cursor', () => {
  test('follow the `after` of nextUri, with or without a host', async () => {
    const { asked, fetchPage } = answering(({ after }) => ({
      entities: [entity(after ?? 'start')],
      ...(!after && { nextUri: '/api/v2/teams?pageSize=100&after=a%2Bb%3D' }),
      ...(after === 'a+b=' && { nextUri: 'https://api.example.com/api/v2/teams?after=c' }),
    }));
    expect(await idsOf(cursorPages('teams', fetchPage))).toEqual(['start', 'a+b=', 'c']);
    expect(asked.map((page) => page.after)).toEqual([undefined, 'a+b=', 'c']);
  });

  test('that give the same cursor twice are an error', async () => {
    const { fetchPage } = answering(() => ({ entities: [entity(1)], nextUri: '/api/v2/teams?after=x' }));
    await expect(idsOf(cursorPages('teams', fetchPage))).rejects.toThrow(/same cursor/);
  });
});
