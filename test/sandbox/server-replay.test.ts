import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.js';
import type { Client } from './server-client.js';
import { startWithClient } from './server-client.js';

const query = '/api/v2/analytics/conversations/details/query';
let directory: string;
let client: Client | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sandbox-replay-'));
});
afterEach(async () => {
  await client?.sandbox.close();
  client = undefined;
  rmSync(directory, { recursive: true });
});

const write = (name: string, content: unknown) =>
  writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));

const record = (id: string, start: string, extra: object = {}) => ({
  conversationId: id,
  conversationStart: start,
  conversationEnd: '2021-04-01T23:00:00.000Z',
  participants: [{ participantId: 'p', purpose: 'customer', attributes: { key: 'value' } }],
  ...extra,
});

const april = { interval: '2021-04-01T00:00:00Z/2021-04-02T00:00:00Z' };

test('files with conversations are served by the query, one page per file, and by jobs with attributes', async () => {
  write('a.json', {
    conversations: [record('one', '2021-04-01T10:00:00.000Z'), record('two', '2021-04-01T09:00:00.000Z')],
    totalHits: 2,
  });
  write('b.json', record('three', '2021-04-01T11:00:00.000Z'));
  write('c.json', record('four', '2022-01-01T00:00:00.000Z', { conversationEnd: undefined }));
  write('broken-start.json', record('five', '2021-04-1T10:00:00.000Z'));
  write('other.json', { userDetails: [] });
  client = await startWithClient({ replayDirectory: directory });
  const pages: string[][] = [];
  for (let pageNumber = 1; pageNumber <= 4; pageNumber += 1) {
    const { body } = await client.post(query, { ...april, paging: { pageSize: 100, pageNumber } });
    pages.push(
      (body.conversations ?? []).map((conversation: { conversationId: string }) => conversation.conversationId),
    );
  }
  expect(pages).toEqual([['two', 'one'], ['three'], ['five'], []]);
  const { jobId } = (await client.post('/api/v2/analytics/conversations/details/jobs', april)).body;
  const results = await client.get(`/api/v2/analytics/conversations/details/jobs/${jobId}/results`);
  expect(results.text).toContain('"key":"value"');
  expect((await client.get('/sandbox/status')).body.replay).toMatchObject({
    conversations: 5,
    ignored: ['other.json'],
  });
  expect((await client.get('/api/v2/users')).body.total).toBe(0);
});

test('files named after a request answer it, page by page or turn by turn, errors with their status', async () => {
  write('post-api-v2-analytics-conversations-details-query.1.json', {
    conversations: [record('one', '2021-04-01T10:00:00.000Z')],
  });
  write('get-api-v2-routing-queues-_-members.json', { entities: [{ id: 'somebody' }] });
  write('get-api-v2-groups.1.json', { total: 1 });
  write('get-api-v2-groups.2.json', { total: 2 });
  write('get-api-v2-future-things.json', { message: 'No.', code: 'not.authorized', status: 403 });
  client = await startWithClient({ replayDirectory: directory });
  const page = (pageNumber: number) => client?.post(query, { ...april, paging: { pageSize: 100, pageNumber } });
  expect([(await page(1))?.body.conversations.length, (await page(2))?.body]).toEqual([1, {}]);
  expect((await client.get('/api/v2/routing/queues/any/members')).body.entities).toEqual([{ id: 'somebody' }]);
  const totals: number[] = [];
  for (let i = 0; i < 3; i += 1) totals.push((await client.get('/api/v2/groups')).body.total);
  expect(totals).toEqual([1, 2, 2]);
  expect((await client.get('/api/v2/future/things')).status).toBe(403);
});

test('a folder that is missing or empty is a usage error that names it', async () => {
  await expect(startSandbox({ replayDirectory: directory })).rejects.toThrow(directory);
  await expect(startSandbox({ replayDirectory: join(directory, 'nowhere') })).rejects.toThrow('cannot be read');
});
