import { z } from 'zod';
import { formatList, quote } from '../lib/text.js';

/** One of these words, or `otherwise` where nothing is given. */
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T, otherwise: T[number]) =>
  z
    .enum(values, { error: (issue) => `is ${quote(issue.input)}; use ${formatList(values)}` })
    .optional()
    .transform((value): T[number] => value ?? otherwise);

/** `on` or `off`; off where nothing is given. */
export const onOff = oneOf(['on', 'off'], 'off').transform((value) => value === 'on');

/** A whole number from `min` to `max`, or undefined where nothing is given. */
export const optionalNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: (issue) => `is ${quote(issue.input)}; use a whole number from ${min} to ${max}` })
    .transform(Number)
    .pipe(
      z
        .number()
        .min(min, { error: (issue) => `is ${issue.input}; use a whole number from ${min} to ${max}` })
        .max(max, `is above ${max}; lower it`),
    )
    .optional();

/** A whole number from 1 to `max`, or `otherwise` where nothing is given. */
export const wholeNumber = (max: number, otherwise: number) =>
  optionalNumber(1, max).transform((value) => value ?? otherwise);

export const text = z.string().optional();

const hostName = /^(\*|(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*)$/i;

/** Host names in a list, `*.example.com` for all below, `*` for any. */
export const hostNames = text.transform((value, context): readonly string[] => {
  const names = (value ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  for (const name of names)
    if (!hostName.test(name))
      context.addIssue(`names ${quote(name)}; use host names without a port, such as metrics.example.com,*.svc`);
  return Object.freeze(names);
});

/** A key that others must not guess. The sentence never repeats the value. */
export const secret = (lengthMin: number) =>
  text.refine((value) => value === undefined || value.length >= lengthMin, {
    error: `is shorter than ${lengthMin} characters; use a long random string, such as openssl rand -hex 32 prints`,
  });
