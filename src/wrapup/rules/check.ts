import { closestMatch, formatList, quote } from '../../lib/text.js';
import type { CodeEntry, Directory, Named, QueueEntry } from '../../model/agent-session.js';
import { codesOf, currentWords } from './compile.js';
import { contradiction, covers } from './cover.js';
import { asList, namedTest } from './patterns.js';
import { selected } from './prefilter.js';
import type { Fault, Path, Rule, Rules } from './rules.js';

const namesShownMax = 5;

export interface Check {
  /** Errors that make the file unusable. */
  readonly faults: readonly Fault[];
  /** Findings that may be intended. */
  readonly warnings: readonly Fault[];
}

/**
 * Validates a rules file against the directory: every name must exist, every code must be on its
 * queues, and every rule must be able to match.
 */
export function checkRules(rules: Rules, directory: Directory): Check {
  if (directory.codes.length === 0 || directory.queues.length === 0) {
    const message = 'cannot be checked: the warehouse has no directory yet; run genesys-warehouse sync first';
    return { faults: [{ at: rules.fileName, message }], warnings: [] };
  }
  const checked = rules.rules.map((rule, index) => checkRule(rules, rule, ['rules', index], directory));
  return {
    faults: [
      ...checked.flatMap(({ faults }) => faults),
      ...unreachable(rules, directory),
      ...writebackFaults(rules, directory),
    ],
    warnings: checked.flatMap(({ warnings }) => warnings),
  };
}

function checkRule({ placeOf }: Rules, rule: Rule, path: Path, directory: Directory): Check {
  const fault = (at: Path, message: string): Fault => ({ at: placeOf([...path, ...at]), message });
  const faults = [
    ...nameFaults(rule, directory).map(({ at, message }) => fault(at, message)),
    ...codeFaults(rule.set.code, directory).map((message) => fault(['set', 'code'], message)),
  ];
  const notOffered = codesOf(rule.set.code, directory).length > 0 ? queuesWithout(rule, directory) : [];
  // Named queues must offer the code; for queues that only a pattern matches, agent sessions are
  // skipped.
  const isNamed = (queue: QueueEntry) =>
    asList(rule.when.queue).some((text) => !text.includes('*') && namedTest([text])(queue));
  const sentence = (queues: readonly QueueEntry[]) =>
    `code ${quote(rule.set.code)} is not on queue ${namesOf(queues)}; add it to the queue in Genesys Cloud or remove the queue from the rule`;
  const named = notOffered.filter(isNamed);
  if (named.length > 0) faults.push(fault(['set', 'code'], sentence(named)));
  const rest = notOffered.filter((queue) => !isNamed(queue));
  const warnings = rest.length > 0 ? [fault(['set', 'code'], `${sentence(rest)}; sessions there are skipped`)] : [];
  const reason = faults.length === 0 ? contradiction(rule.when, directory) : undefined;
  if (reason !== undefined)
    faults.push(fault(['when', reason.key], `rule ${quote(rule.name)} can never match: ${reason.message}`));
  return { faults, warnings };
}

function queuesWithout({ when, set }: Rule, directory: Directory): QueueEntry[] {
  const codes = codesOf(set.code, directory).map(({ id }) => id);
  const test = when.queue === undefined ? () => true : namedTest(asList(when.queue));
  const lacks = ({ wrapupCodes }: QueueEntry) => wrapupCodes !== null && !codes.some((code) => wrapupCodes.has(code));
  return directory.queues.filter((queue) => !queue.isDeleted && test(queue) && lacks(queue));
}

interface NameFault {
  readonly at: Path;
  readonly message: string;
}

/** Returns each text that names nothing, with the list in which it was looked up. */
function nameFaults({ when }: Rule, directory: Directory): NameFault[] {
  const lists: readonly (readonly ['queue' | 'agent' | 'team' | 'division' | 'skill', readonly Named[]])[] = [
    ['queue', directory.queues],
    ['agent', directory.users],
    ['team', directory.teams],
    ['division', directory.divisions],
    ['skill', directory.skills],
  ];
  const faults = lists.flatMap(([key, entries]) => textFaults(when[key], key, ['when', key], entries));
  const words = asList(when.current).filter(
    (word) => !currentWords.some((each) => each === word) && !word.startsWith('ININ-'),
  );
  return [
    ...faults,
    ...textFaults(words.length > 0 ? when.current : undefined, 'code', ['when', 'current'], directory.codes, words),
  ];
}

function textFaults(
  value: string | readonly string[] | undefined,
  what: string,
  path: Path,
  entries: readonly Named[],
  only?: readonly string[],
): NameFault[] {
  return asList(value).flatMap((text, index) => {
    if (only !== undefined && !only.includes(text)) return [];
    if (selected([text], entries).length > 0) return [];
    // A pattern may match things that do not exist yet, as long as the rule matches something now.
    if (text.includes('*') && selected(asList(value), entries).length > 0) return [];
    return [{ at: Array.isArray(value) ? [...path, index] : path, message: unknown(what, text, entries) }];
  });
}

function unknown(what: string, text: string, entries: readonly Named[]): string {
  const names = entries.flatMap(({ name }) => (name === null ? [] : [name]));
  const hint = names.length === 0 ? 'the warehouse knows none' : `did you mean ${quote(closestMatch(text, names))}?`;
  return `there is no ${what} ${quote(text)}; ${hint}`;
}

function codeFaults(text: string, { codes }: Directory): string[] {
  const named = codes.filter(namedTest([text]));
  const live = named.filter((code) => !code.isDeleted);
  if (text.includes('*')) return [`code is ${quote(text)}; a rule sets one code: write its name or id`];
  if (named.length === 0)
    return [
      unknown(
        'wrap-up code',
        text,
        codes.filter((code) => !code.isDeleted),
      ),
    ];
  if (live.length === 0) return [`code ${quote(text)} was deleted in Genesys Cloud; name one that exists`];
  return [];
}

function unreachable({ rules, placeOf }: Rules, directory: Directory): Fault[] {
  return rules.flatMap((rule, index) => {
    const earlier = rules.slice(0, index).find((each) => covers(each.when, rule.when, directory));
    if (earlier === undefined) return [];
    const message = `rule ${quote(rule.name)} can never match: rule ${quote(earlier.name)} covers everything that it matches; move it up or narrow the other rule`;
    return [{ at: placeOf(['rules', index, 'name']), message }];
  });
}

function writebackFaults({ writeback, placeOf }: Rules, directory: Directory): Fault[] {
  if (writeback === undefined) return [];
  const live = (entries: readonly (QueueEntry | CodeEntry)[]) => entries.filter((each) => !each.isDeleted);
  return [
    ...textFaults(writeback.queues, 'queue', ['writeback', 'queues'], live(directory.queues)),
    ...textFaults(writeback.codes, 'wrap-up code', ['writeback', 'codes'], live(directory.codes)),
  ].map(({ at, message }) => ({ at: placeOf(at), message }));
}

function namesOf(entries: readonly Named[]): string {
  const names = entries.slice(0, namesShownMax).map(({ id, name }) => name ?? id);
  const more = entries.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : formatList(names);
}
