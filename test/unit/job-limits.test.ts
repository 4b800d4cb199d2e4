import { expect, test } from 'vitest';
import { jobLimitsFallback, jobLimitsOf } from '../../src/streams/conversations/job-limits.js';

const limit = (key: string, value: unknown) => ({ key, namespace: 'analytics', value });
const concurrent = (value: unknown) => limit('details.jobs.concurrent.access.max', value);
const rate = (value: unknown) => limit('details.jobs.rate.per.second', value);

test('half of what the organisation may have is taken, one job at least, ten at most', () => {
  expect(jobLimitsOf({ entities: [concurrent(10), rate(5)] })).toEqual({ jobsAtOnceMax: 5, submitDelayMsMin: 400 });
  expect(jobLimitsOf({ entities: [concurrent(1), rate(1)] })).toEqual({ jobsAtOnceMax: 1, submitDelayMsMin: 2_000 });
  expect(jobLimitsOf({ entities: [concurrent(500)] }).jobsAtOnceMax).toBe(10);
});

test.each([
  [{}],
  [{ entities: [] }],
  [{ entities: 'none' }],
  [{ entities: [null, concurrent('many'), rate(0), limit('other', 3)] }],
])('a limit that %j does not report is a constant', (body) => {
  expect(jobLimitsOf(body)).toEqual(jobLimitsFallback);
});
