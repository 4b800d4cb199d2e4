import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const esc = String.fromCodePoint(0x1b);
const names = [
  `${esc}[2J${esc}[31mRED${esc}]0;pwned${String.fromCodePoint(7)}`,
  `c1 ${String.fromCodePoint(0x9b)}2J`,
  "=cmd|' /C calc'!A0",
  '@SUM(1)',
  '+1+1',
  '-2+3',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1',
  'an ordinary = name, "quoted"',
  'über 客服',
];

let database: TestDatabase;

beforeAll(async () => {
  database = await migratedDatabase();
  const pool = testPool(database.url);
  await pool.query(
    `insert into genesys.queues (queue_id, valid_from, name, member_count, content_hash)
     select gen_random_uuid(), '2026-01-01', name, -7, gen_random_uuid() from unnest($1::text[]) as names (name)`,
    [names],
  );
  await pool.query(
    `insert into extract.slices
         (stream, slice_from, slice_to, priority, due_at, attempts, last_error, last_error_at, last_attempt_at, requested_at)
     values
         ('conversations', '2026-01-01', '2026-01-02', 1, '2026-01-02', 1, $1, '2026-01-02', '2026-01-02', '2026-01-02')`,
    [`answer was ${names[0]}`],
  );
  await pool.end();
});
afterAll(() => database.drop());

async function exported(...args: string[]): Promise<{ text: string; records: Record<string, string>[] }> {
  const child = spawn(process.execPath, [main, 'export', 'dim_queues', ...args], {
    env: { PATH: process.env.PATH, DATABASE_URL: database.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const parts: Buffer[] = [];
  for await (const part of child.stdout) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return { text, records: parse(text, { columns: true, relax_quotes: false, record_delimiter: '\n' }) };
}

test('a CSV for people holds nothing that a spreadsheet runs or a terminal acts on; numbers stay numbers', async () => {
  const { text, records } = await exported();
  expect(text).not.toMatch(/(?![\t\r\n])\p{Cc}/u);
  const cells = records.map((record) => record.queue_name ?? '').sort();
  expect(cells).toEqual(
    names
      .map((name) => name.replace(/(?![\t\r\n])\p{Cc}/gu, (control) => `\\u{${control.codePointAt(0)?.toString(16)}}`))
      .map((name) => (/^[=+\-@\t\r\n＝]/.test(name) ? `'${name}` : name))
      .sort(),
  );
  expect(records.every((record) => record.member_count === '-7')).toBe(true);
});

test('a raw CSV has every value as it is stored', async () => {
  const { records } = await exported('--raw');
  expect(records.map((record) => record.queue_name ?? '').sort()).toEqual([...names].sort());
});

test('what a person reads of the state holds no escape of a terminal', async () => {
  const printed: string[] = [];
  const status = await runProgram(['status'], {
    directory: import.meta.dirname,
    environment: { DATABASE_URL: database.url },
    now: () => new Date('2026-01-03T00:00:00Z'),
    signal: new AbortController().signal,
    print: (text) => printed.push(text),
    isTerminal: false,
    writeLog: (line) => printed.push(line),
  });
  expect(status).toBe(0);
  expect(printed.join('\n')).toContain('answer was \\u{1b}[2J\\u{1b}[31mRED\\u{1b}]0;pwned\\u{7}');
  expect(printed.join('\n').replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});
