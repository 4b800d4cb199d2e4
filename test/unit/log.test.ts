import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/lib/log.js';
import { Redactor, redactLiterals, redactText } from '../../src/lib/redact.js';

function recording(terminal: boolean, secrets: readonly string[] = []) {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  return { lines, log: createLog({ level: 'info', destination, terminal, secrets }) };
}

describe('a line', () => {
  test('is a JSON object with its level as a word where no person reads', () => {
    const { lines, log } = recording(false);
    log.child({ stream: 'conversations' }).info({ rows: 3 }, 'page stored');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith('\n')).toBe(true);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      stream: 'conversations',
      rows: 3,
      msg: 'page stored',
    });
  });

  test('is readable text where a person reads', () => {
    const { lines, log } = recording(true);
    log.warn({ stream: 'users' }, 'late');
    expect(lines.join('')).toMatch(/^\[\d\d:\d\d:\d\d\] WARN: late \{"stream":"users"\}\n$/);
  });

  test('below the level is not written', () => {
    const { lines, log } = recording(false);
    log.debug('detail');
    expect(lines).toEqual([]);
  });

  test('carries an error with its causes', () => {
    const { lines, log } = recording(false);
    log.error({ error: new Error('slice failed', { cause: new Error('socket closed') }) }, 'stopped');
    expect(JSON.parse(lines[0] ?? '').error).toMatchObject({
      message: 'slice failed',
      cause: { message: 'socket closed' },
    });
  });
});

describe('secrets', () => {
  test.each([true, false])('never reach a line, however deep they sit (terminal: %s)', (terminal) => {
    const { lines, log } = recording(terminal, ['li"teral']);
    log.info({ a: { b: [{ clientSecret: 'hush', access_token: 'hush', x: 'li"teral' }] }, password: 'h"ush' }, 'x');
    log.error({ error: new Error('no route to postgres://app:hush@db:5432/x') }, 'Authorization: Bearer hushhushhush');
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toMatch(/ush|teral/);
  });

  test('the rest of the text stays', () => {
    expect(
      redactText('postgres://app:p%40w@db:5432/x?sslmode=require failed; grant_type=x&client_secret=abc&b=1'),
    ).toBe('postgres://app:[redacted]@db:5432/x?sslmode=require failed; grant_type=x&client_secret=[redacted]&b=1');
    expect(redactText('{"token":"a\\"b","tokens":2,"queue":"token"}')).toBe(
      '{"token":"[redacted]","tokens":2,"queue":"token"}',
    );
  });

  test.each(['o', '0', 'info', 'level', ':', '"', '{'])(
    'as short as %j neither destroy a line nor show by gaps what they are',
    (secret) => {
      const [plain, guarded] = [recording(false), recording(false, [secret])];
      for (const { log } of [plain, guarded]) {
        log.child({ stream: 'users' }).info({ slices: 0, failed: 100 }, 'sync done {"level":"info"}');
      }
      const parsed = (line = '') => ({ ...JSON.parse(line), time: 'some' });
      expect(parsed(guarded.lines[0])).toEqual(parsed(plain.lines[0]));
    },
  );

  test('are replaced in string values only, never in keys, numbers, the level or the time', () => {
    const { lines, log } = recording(false, ['password', '123456', 'records']);
    log.warn({ records: 123456, text: 'records 123456', nested: { records: ['records'] } }, 'records');
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-/),
      records: 123456,
      text: '[redacted] [redacted]',
      nested: { records: ['[redacted]'] },
      msg: '[redacted]',
    });
  });

  test('are found in every writing, the longer one first, and marked in one way', () => {
    const secret = 'p@ss/w"ord';
    const { lines, log } = recording(false, [secret, `${secret}-and-more`]);
    log.info(`${secret} ${encodeURIComponent(secret)} ${JSON.stringify(secret)} ${secret}-and-more`);
    expect(JSON.parse(lines[0] ?? '').msg).toBe('[redacted] [redacted] "[redacted]" [redacted]');
    expect(redactLiterals('hush-hush and hush', ['hush-hush', undefined, ''])).toBe('[redacted] and hush');
  });

  test.each(['a', 'e1', 'token'])('that are as short as %j leave the letters of ordinary words alone', (secret) => {
    const { lines, log } = recording(false, [secret]);
    const sentence = 'Slice e1 restarted; a token was renewed';
    log.info({ reason: sentence }, sentence);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: sentence, reason: sentence });
    expect(new Redactor(secret).apply(sentence)).toBe(sentence);
  });

  test('that are short are still found as the password of a Postgres URL', () => {
    const { lines, log } = recording(false, ['x']);
    log.error('postgres://app:x@db:5432/x is refused');
    expect(JSON.parse(lines[0] ?? '').msg).toBe('postgres://app:[redacted]@db:5432/x is refused');
  });
});

test('nothing is written to standard output', () => {
  const script = `import { createLog } from './src/lib/log.ts';
    for (const terminal of [true, false]) createLog({ level: 'info', terminal }).info('hello');`;
  const tsx = join('node_modules', '.bin', 'tsx');
  const child = spawnSync(tsx, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  expect(child.stdout).toBe('');
  expect(child.stderr.match(/hello/g)).toHaveLength(2);
});
