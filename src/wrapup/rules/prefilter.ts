import type { AgentSessionFilter, Directory, Named } from '../../model/agent-session.js';
import { codesOf, currentWords, defaultCurrent, defaultPhases } from './compile.js';
import { asList, namedTest } from './patterns.js';
import type { Rule } from './rules.js';
import type { Conditions } from './rules-schema.js';

/** Returns conditions for the sessions that any rule can match: only these are read, and then evaluated exactly. */
export function prefilterOf(rules: readonly Rule[], directory: Directory): AgentSessionFilter {
  const whens = rules.map(({ when }) => when);
  const uses = (isUsed: (when: Conditions) => boolean) => whens.some(isUsed);
  return {
    queueIds: union(whens, ({ queue }) => (queue === undefined ? null : selected(asList(queue), directory.queues))),
    mediaTypes: union(whens, ({ media }) => (media === undefined ? null : literals(asList(media)))),
    causes: union(whens, ({ cause }) => (cause === undefined ? null : asList(cause))),
    phases: union(whens, ({ phase }) => asList(phase ?? [...defaultPhases])) ?? [],
    realCodes: union(whens, ({ current }) => realCodes(current, directory)),
    onlySurveyed: whens.every(({ survey }) => survey !== undefined),
    needs: {
      attributes:
        uses(({ attributes }) => attributes !== undefined) ||
        rules.some(({ set }) => /\{attribute\./.test(set.note ?? '')),
      surveys: uses(({ survey }) => survey !== undefined),
      skills: uses(({ skill }) => skill !== undefined),
      divisions: uses(({ division }) => division !== undefined),
    },
  };
}

/** Returns the ids of the entries that the patterns select. */
export function selected(patterns: readonly string[], entries: readonly Named[]): string[] {
  return entries.filter(namedTest(patterns)).map(({ id }) => id);
}

/** Returns the values of all rules; null if one rule has no condition. */
function union<T>(whens: readonly Conditions[], of: (when: Conditions) => readonly T[] | null): T[] | null {
  const lists = whens.map(of);
  return lists.every((list) => list !== null) ? [...new Set(lists.flat() as T[])] : null;
}

/** Returns lower-case literals, as Genesys writes media types; null for a pattern, which SQL cannot use here. */
function literals(patterns: readonly string[]): readonly string[] | null {
  return patterns.some((each) => each.includes('*')) ? null : patterns.map((each) => each.toLowerCase());
}

/** Returns the real codes to read; null if any may match. Agent sessions without one are always read. */
function realCodes(current: Conditions['current'], directory: Directory): readonly string[] | null {
  const words = asList(current ?? [...defaultCurrent]);
  if (words.includes('any') || words.includes('unknown')) return null;
  const given = words.filter((word) => !currentWords.some((each) => each === word));
  return given.flatMap((word) => [
    ...selected([word], directory.codes),
    ...codesOf(word, directory).map(({ id }) => id),
    word,
  ]);
}
