import type { Named } from '../../model/agent-session.js';
import type { FieldMatch, NumberMatch, TextMatch } from './rules-schema.js';

export const asList = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];

export type Test<T> = (value: T) => boolean;

/** Builds a test for texts that one of the patterns matches completely; `*` matches any characters, case is ignored. */
export function textTest(patterns: readonly string[]): Test<string> {
  const exact = new Set(patterns.filter((each) => !each.includes('*')).map(folded));
  const wild = patterns.filter((each) => each.includes('*')).map(wildcard);
  return (value) => exact.has(folded(value)) || wild.some((each) => each.test(value));
}

/** Builds a test by id or by name. */
export function namedTest(patterns: readonly string[]): Test<Named> {
  const test = textTest(patterns);
  return ({ id, name }) => test(id) || (name !== null && test(name));
}

export function numberTest(match: NumberMatch): Test<number> {
  const { equals, not, atLeast, atMost, above, below } = typeof match === 'number' ? { equals: match } : match;
  return (value) =>
    (equals === undefined || value === equals) &&
    (not === undefined || value !== not) &&
    (atLeast === undefined || value >= atLeast) &&
    (atMost === undefined || value <= atMost) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below);
}

/** Builds a test of a text. Without a value (undefined) only `exists: false` and a lone `not` are true. */
export function textMatchTest(match: TextMatch): Test<string | undefined> {
  const { is, not, exists } = typeof match === 'string' || Array.isArray(match) ? { is: match } : match;
  const isTest = is === undefined ? undefined : textTest(asList(is));
  const notTest = textTest(asList(not));
  return (value) => {
    if (exists !== undefined && exists !== (value !== undefined)) return false;
    if (value === undefined) return isTest === undefined;
    return (isTest === undefined || isTest(value)) && !notTest(value);
  };
}

/**
 * Builds a test of a field. Numbers are compared as numbers where the rule has numbers, even if the
 * answer has them as text.
 */
export function fieldMatchTest(match: FieldMatch): Test<string | number | undefined> {
  if (isNumberMatch(match)) {
    const test = numberTest(match);
    return (value) => value !== undefined && String(value).trim() !== '' && test(Number(value));
  }
  const test = textMatchTest(match);
  return (value) => test(value === undefined ? undefined : String(value));
}

export function isNumberMatch(match: FieldMatch): match is NumberMatch {
  if (typeof match === 'number') return true;
  if (typeof match === 'string' || Array.isArray(match)) return false;
  return !('is' in match || 'exists' in match) && typeof match.not !== 'string' && !Array.isArray(match.not);
}

function folded(text: string): string {
  return text.toLowerCase();
}

function wildcard(pattern: string): RegExp {
  // Consecutive stars are merged, because several would make the search explode.
  const parts = pattern.split(/\*+/).map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'isu');
}
