import { expect, test } from 'vitest';
import { errorFacts } from '../../src/cli/app/error-text.js';
import { describeSystemError } from '../../src/lib/system-errors.js';

const failure = (code: string, more: object = {}) => Object.assign(new Error(`${code}: it failed`), { code, ...more });

test.each(['EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT', 'EROFS'])('%s is one sentence with its remedy', (code) => {
  const reason = describeSystemError(failure(code, { path: '/data/x' })) ?? '';
  expect(reason).toContain(`(${code}). `);
  expect(errorFacts(new Error('The page failed', { cause: failure(code, { path: '/data/x' }) }))).toEqual({ reason });
  expect(describeSystemError(new AggregateError([failure(code, { path: '/data/x' })]))).toBe(reason);
});

test('every other error keeps its stack, whatever its code is called', () => {
  for (const code of ['ENOENT', 'constructor', 'toString'])
    expect(errorFacts(failure(code))).toEqual({ error: expect.any(Error) });
});
