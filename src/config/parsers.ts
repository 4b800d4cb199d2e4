import { z } from 'zod';
import { formatList, quote } from '../lib/text.js';

/** Parses one of these words; `otherwise` by default. */
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T, otherwise: T[number]) =>
  z
    .enum(values, { error: (issue) => `is ${quote(issue.input)}; use ${formatList(values)}` })
    .optional()
    .transform((value): T[number] => value ?? otherwise);

/** Parses `on` or `off`; off by default. */
export const onOff = oneOf(['on', 'off'], 'off').transform((value) => value === 'on');

/** Parses a whole number from `min` to `max`; undefined by default. */
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

/** Parses a whole number from 1 to `max`; `otherwise` by default. */
export const wholeNumber = (max: number, otherwise: number) =>
  optionalNumber(1, max).transform((value) => value ?? otherwise);

export const text = z.string().optional();

const hostName = /^(\*|(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*)$/i;

/** Parses a list of host names, `*.example.com` for all subdomains, `*` for any. */
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

/** Parses a secret of sufficient length. The error never repeats the value. */
export const secret = (lengthMin: number) =>
  text.refine((value) => value === undefined || value.length >= lengthMin, {
    error: `is shorter than ${lengthMin} characters; use a long random string, such as openssl rand -hex 32 prints`,
  });
