import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { type SurveyFormat, type SurveyLine, surveyLines } from '../../src/cli/wrapup/survey-file.js';
import { storeSurveys } from '../../src/postgres/wrapup/surveys.js';
import { readSurveyRecord } from '../../src/wrapup/survey-record.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

const conversationId = '00000000-0000-4000-8000-000000000001';
const answeredAt = '2026-03-02T11:00:00Z';
const base = { conversationId, answeredAt };
const read = (record: Record<string, unknown>) => readSurveyRecord(record, { source: 'tool' });
const surveyOf = (record: Record<string, unknown>) => {
  const result = read(record);
  if ('fault' in result) throw new Error(result.fault);
  return result.survey;
};

describe('an answer', () => {
  test('may name its parts as its tool does; what is not known is a field', () => {
    expect(
      surveyOf({
        Conversation_ID: conversationId.toUpperCase(),
        'answered at': answeredAt,
        NPS: '9',
        csat: 4.5,
        effort: 'low',
        Again: true,
        blank: ' ',
      }),
    ).toMatchObject({
      source: 'tool',
      conversationId,
      answeredAt: new Date(answeredAt),
      promoterScore: 9,
      satisfaction: 4.5,
      category: null,
      queueId: null,
      fields: { Again: 'true', effort: 'low' },
    });
  });

  test('without an id has one made of its contents', () => {
    expect(surveyOf({ ...base, nps: 1 }).surveyId).toBe(surveyOf({ promoterScore: '1', ...base }).surveyId);
    expect(surveyOf({ ...base, nps: 1 }).surveyId).not.toBe(surveyOf({ ...base, nps: 2 }).surveyId);
    expect(surveyOf({ ...base, nps: 1, surveyId: 7 }).surveyId).toBe('7');
  });

  test.each([
    [{ answeredAt, nps: 1 }, 'conversationId is missing'],
    [{ ...base, conversationId: 'x', nps: 1 }, 'conversationId is "x", which is not a Genesys Cloud id (a UUID)'],
    [{ ...base, userId: 'Ann', nps: 1 }, 'userId is "Ann", which is not a Genesys Cloud id (a UUID)'],
    [{ conversationId, nps: 1 }, 'answeredAt is missing'],
    [
      { ...base, answeredAt: '2.3.2026', nps: 1 },
      'answeredAt is "2.3.2026"; use a time with its offset such as 2026-01-31T08:00:00Z',
    ],
    [{ ...base, nps: 11 }, 'promoterScore is 11; use 0 to 10'],
    [{ ...base, csat: 'good' }, 'satisfaction is "good"; use a number'],
    [
      { ...base, nps: 1, promoterScore: 2 },
      'promoterscore is given twice, the second time as "promoterScore"; keep one',
    ],
    [{ ...base, answers: [1] }, '"answers" is neither text nor number; flatten it'],
    [{ ...base, nps: 1, surveyId: 'x'.repeat(201) }, 'surveyId has 201 characters; use at most 200'],
    [{ ...base, nps: 1, source: 'x'.repeat(201) }, 'source has 201 characters; use at most 200'],
    [{ ...base, comment: 'x'.repeat(8_001) }, '"comment" has 8001 characters; use at most 8000'],
    [{ ...base, why: 'x'.repeat(8_001) }, '"why" has 8001 characters; use at most 8000'],
    [{ ...base, ['n'.repeat(121)]: 1 }, 'the name of a field has 121 characters; use at most 120'],
    [base, 'the record has no answer; give promoterScore, satisfaction, category, comment or a field'],
  ])('%j is refused in a sentence', (record, fault) => {
    expect(read(record)).toEqual({ fault });
  });
});

async function linesOf(text: string | readonly Uint8Array[], format?: SurveyFormat): Promise<SurveyLine[]> {
  const chunks = typeof text === 'string' ? [Buffer.from(text)] : text;
  const lines: SurveyLine[] = [];
  for await (const line of surveyLines(Readable.from(chunks) as AsyncIterable<Uint8Array>, format)) lines.push(line);
  return lines;
}

describe('the lines of a file', () => {
  test('of CSV keep their numbers, faulty ones as well', async () => {
    const lines = await linesOf('\uFEFFconversationId, nps ,comment\r\na,1,"two\nlines"\r\nb,2\r\n\r\nc,3,x\r\n');
    // A faulty line may come a little before the good ones that the parser held back.
    expect(lines.toSorted((a, b) => a.line - b.line)).toEqual([
      { line: 3, record: { conversationId: 'a', nps: '1', comment: 'two\nlines' } },
      { line: 4, fault: 'the line has more or fewer columns than the header' },
      { line: 6, record: { conversationId: 'c', nps: '3', comment: 'x' } },
    ]);
  });

  test.each([';', '\t'])('of CSV may be cut by %j', async (delimiter) => {
    expect(await linesOf(`a${delimiter}b\n1${delimiter}2,5\n`)).toEqual([{ line: 2, record: { a: '1', b: '2,5' } }]);
  });

  test('of JSON keep their numbers, faulty ones as well, wherever chunks end', async () => {
    const text = Buffer.from('\uFEFF{"a":"ü"}\n\n[1]\n{"b":\n{"c":3}');
    const bytes = [...text].map((byte) => Uint8Array.of(byte));
    for (const chunks of [[text], bytes]) {
      expect(await linesOf(chunks)).toEqual([
        { line: 1, record: { a: 'ü' } },
        { line: 3, fault: 'line is not a JSON object' },
        { line: 4, fault: 'line is not JSON (SyntaxError)' },
        { line: 5, record: { c: 3 } },
      ]);
    }
  });

  test('longer than a megabyte are passed over without being kept', async () => {
    const chunk = Buffer.alloc(100_000, 0x61);
    const lines = await linesOf([
      Buffer.from('{"a":1}\n'),
      ...Array<Uint8Array>(20).fill(chunk),
      Buffer.from('\n{"b":2}\n'),
    ]);
    expect(lines).toEqual([
      { line: 1, record: { a: 1 } },
      { line: 2, fault: 'the line is longer than 1000000 bytes' },
      { line: 3, record: { b: 2 } },
    ]);
  });

  test('of an empty file are none', async () => {
    expect(await linesOf('')).toEqual([]);
    expect(await linesOf('', 'ndjson')).toEqual([]);
  });
});

describe('stored answers', () => {
  let database: TestDatabase;
  let pool: ReturnType<typeof testPool>;
  let folder: string;
  const now = new Date('2026-03-03T00:00:00Z');

  beforeAll(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url);
    folder = await mkdtemp(join(tmpdir(), 'surveys-'));
  });
  beforeEach(() => pool.query('truncate wrapup.surveys'));
  afterAll(async () => {
    await pool.end();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const store = (...records: Record<string, unknown>[]) => storeSurveys(pool, records.map(surveyOf), { now });
  const scores = async () =>
    (await pool.query('select survey_id as id, promoter_score::float8 as score, fields from wrapup.surveys order by 1'))
      .rows;

  test('are not doubled, are corrected by later ones, and not by earlier ones', async () => {
    const answer = { ...base, surveyId: 'a', nps: 3, effort: 2 };
    expect(await store(answer, { ...answer, surveyId: 'b' })).toEqual({
      stored: 2,
      unchanged: 0,
      conversationIds: [conversationId],
      refused: [],
    });
    expect(await store(answer)).toEqual({ stored: 0, unchanged: 1, conversationIds: [], refused: [] });
    expect(await store({ ...answer, nps: 4, answeredAt: '2026-03-02T12:00:00Z' })).toMatchObject({ stored: 1 });
    expect(await store({ ...answer, nps: 5 })).toMatchObject({ stored: 0 });
    expect(await scores()).toEqual([
      { id: 'a', score: 4, fields: { effort: 2 } },
      { id: 'b', score: 3, fields: { effort: 2 } },
    ]);
  });

  test('with ids and texts of the greatest length are stored, whatever they consist of', async () => {
    const noise = Array.from({ length: 200 }, () => String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 20_000)));
    const longest = { surveyId: noise.join(''), source: noise.toReversed().join(''), comment: 'ü'.repeat(8_000) };
    expect(await store({ ...base, ...longest })).toMatchObject({ stored: 1, refused: [] });
  });

  test('that Postgres does not take are named by their place and keep no other from being stored', async () => {
    // Year 0 is a time of JavaScript's and none of Postgres'.
    const bad = { ...base, answeredAt: '0000-01-01', nps: 1 };
    const result = await store(
      { ...base, surveyId: 'a', nps: 1 },
      { ...bad, surveyId: 'b' },
      { ...base, surveyId: 'c', nps: 3 },
      { ...base, surveyId: 'd', nps: 4 },
      { ...bad, surveyId: 'e' },
    );
    expect(result).toMatchObject({ stored: 3, unchanged: 0 });
    expect(result.refused).toEqual([
      { index: 1, reason: 'Postgres rejected it (SQLSTATE 22008)' },
      { index: 4, reason: 'Postgres rejected it (SQLSTATE 22008)' },
    ]);
    expect((await scores()).map(({ id }) => id)).toEqual(['a', 'c', 'd']);
  });

  test('that come twice in one batch count once, the later one', async () => {
    const answer = { ...base, surveyId: 'a', nps: 3 };
    expect(await store({ ...answer, answeredAt: '2026-03-02T12:00:00Z', nps: 9 }, answer)).toMatchObject({ stored: 1 });
    expect(await scores()).toMatchObject([{ score: 9 }]);
  });

  test('come from a file: faulty lines are named with their number, the others are imported, again nothing changes', async () => {
    const file = join(folder, 'answers.csv');
    const good = Array.from(
      { length: 2_500 },
      (_, index) => `${conversationId},${answeredAt},${index % 11},row ${index}`,
    );
    const refused = `${conversationId},0000-01-01,1,`;
    const tooLong = `${conversationId},${answeredAt},1,${'x'.repeat(8_001)}`;
    const faulty = ['x,,1,', 'a,b', refused, tooLong, ''];
    await writeFile(file, ['conversationId,answeredAt,nps,comment', ...good, ...faulty].join('\n'));
    const run = async (...args: string[]) => {
      const lines: string[] = [];
      const status = await runProgram(['wrapup', 'import-surveys', ...args], {
        directory: folder,
        now: () => now,
        signal: new AbortController().signal,
        print: () => {},
        isTerminal: false,
        environment: { DATABASE_URL: database.url },
        writeLog: (line) => lines.push(line),
      });
      return { status, output: lines.join('\n') };
    };
    const first = await run(file, '--source', 'web');
    expect(first.status).toBe(1);
    expect(first.output).toMatch(/Line 2502 was not imported: conversationId is \\"x\\"/);
    expect(first.output).toMatch(/Line 2503 was not imported: the line has more or fewer columns/);
    expect(first.output).toMatch(/Line 2504 was not imported: Postgres rejected it \(SQLSTATE 22008\)/);
    expect(first.output).toMatch(/Line 2505 was not imported: \\"comment\\" has 8001 characters/);
    expect(first.output).toMatch(/"stored":2500,"unchanged":0,"faulty":4/);
    expect((await run(file, '--source', 'web')).output).toMatch(/"stored":0,"unchanged":2500,"faulty":4/);
    expect(await run(file, '--source', 'x'.repeat(201))).toMatchObject({
      status: 2,
      output: expect.stringMatching(/--source has 201 characters/),
    });
    expect((await pool.query('select distinct source from wrapup.surveys')).rows).toEqual([{ source: 'web' }]);
    expect(await run(join(folder, 'none.csv'))).toMatchObject({
      status: 2,
      output: expect.stringMatching(/cannot be read/),
    });
    expect(await run(file, '--format', 'xlsx')).toMatchObject({
      status: 2,
      output: expect.stringMatching(/Allowed choices are csv, ndjson/),
    });
  });
});
