import { createHash } from 'node:crypto';
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { asError, UsageError } from '../../lib/errors.js';
import { formatList, quote } from '../../lib/text.js';
import { noteFaults } from './note.js';
import { type RuleText, rulesSchema, type Writeback } from './rules-schema.js';

const textLengthMax = 1_000_000;
/** More aliases than this are an attack or an error. */
const aliasCountMax = 100;
const versionLength = 16;

export interface Rule extends RuleText {
  /** Digest of name, conditions and action. Position in the file and description are not part of it. */
  readonly version: string;
}

export type Path = readonly PropertyKey[];

/** An error in a rules file. */
export interface Fault {
  /** `wrapup-rules.yaml:12:7`. */
  readonly at: string;
  readonly message: string;
}

export interface Rules {
  readonly fileName: string;
  readonly rules: readonly Rule[];
  /** Absent: nothing may be written to Genesys. */
  readonly writeback?: Writeback;
  /** Returns the position of a value in the file, or of the closest value around it, as `FILE:LINE:COLUMN`. */
  placeOf(path: Path): string;
}

/**
 * Parses a rules file. Throws one UsageError with a line for each fault in form; `checkRules`
 * checks whether names exist.
 */
export function parseRules(text: string, fileName: string): Rules {
  if (text.length > textLengthMax)
    throw new UsageError(`${fileName} has more than ${textLengthMax} characters; split it.`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${fileName}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const placeOf = (path: Path) => placeAt(offsetOf(document, path));
  const placeOfKey = (path: Path, key: string) => placeAt(keyOffset(document, path, key));
  throwFaults(document.errors.map((error) => ({ at: placeAt(error.pos[0]), message: error.message })));
  const parsed = rulesSchema.safeParse(valueIn(document, fileName), { reportInput: true });
  if (!parsed.success)
    throw faultsError(parsed.error.issues.flatMap((issue) => issueFaults(issue, { placeOf, placeOfKey })));
  const rules = parsed.data.rules.map((rule) => ({ ...rule, version: versionOf(rule) }));
  throwFaults([...nameFaults(rules, placeOf), ...rules.flatMap((rule, index) => notePlaces(rule, index, placeOf))]);
  return { fileName, rules, placeOf, ...(parsed.data.writeback && { writeback: parsed.data.writeback }) };
}

export function faultsError(faults: readonly Fault[]): UsageError {
  return new UsageError(
    faults
      .toSorted(inFileOrder)
      .map(({ at, message }) => `${at} ${message}`)
      .join('\n'),
  );
}

function valueIn(document: Document, fileName: string): unknown {
  try {
    return document.toJS({ maxAliasCount: aliasCountMax }) ?? {};
  } catch (error) {
    // An alias without a target, or one that expands beyond memory.
    throw new UsageError(`${fileName}:1:1 ${asError(error).message}; write the values out`, { cause: error });
  }
}

function inFileOrder(a: Fault, b: Fault): number {
  const [lineA = 0, columnA = 0] = a.at.split(':').slice(-2).map(Number);
  const [lineB = 0, columnB = 0] = b.at.split(':').slice(-2).map(Number);
  return lineA - lineB || columnA - columnB;
}

function throwFaults(faults: readonly Fault[]): void {
  if (faults.length > 0) throw faultsError(faults);
}

function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = nodeAt(document, path.slice(0, length));
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function nodeAt(document: Document, path: Path): Node | null | undefined {
  return path.length === 0 ? document.contents : (document.getIn(path, true) as Node | undefined);
}

function keyOffset(document: Document, path: Path, key: string): number {
  const block = nodeAt(document, path);
  const pair = isMap(block) ? block.items.find((each) => isScalar(each.key) && each.key.value === key) : undefined;
  return isNode(pair?.key) && pair.key.range ? pair.key.range[0] : offsetOf(document, path);
}

/** Computes the digest of a rule. Keys are sorted, because their order in the file is irrelevant. */
function versionOf({ name, when, set }: RuleText): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted({ name, when, set })))
    .digest('hex')
    .slice(0, versionLength);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}

function nameFaults(rules: readonly Rule[], placeOf: Rules['placeOf']): Fault[] {
  const isRepeated = ({ name }: Rule, index: number) => rules.findIndex((rule) => rule.name === name) < index;
  return rules.flatMap((rule, index) =>
    isRepeated(rule, index)
      ? [{ at: placeOf(['rules', index, 'name']), message: `name ${quote(rule.name)} is used twice; rename one` }]
      : [],
  );
}

function notePlaces(rule: Rule, index: number, placeOf: Rules['placeOf']): Fault[] {
  const at = placeOf(['rules', index, 'set', 'note']);
  return noteFaults(rule.set.note ?? '').map((message) => ({ at, message }));
}

type Issue = z.core.$ZodIssue;

interface Places {
  placeOf(path: Path): string;
  placeOfKey(path: Path, key: string): string;
}

function issueFaults(issue: Issue, places: Places, outer: Path = []): Fault[] {
  const path = [...outer, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      at: places.placeOfKey(path, key),
      message: `${quote(key)} is not known here; correct or remove it`,
    }));
  const meant = issue.code === 'invalid_union' ? meantBranch(issue.errors) : undefined;
  if (meant !== undefined) return meant.flatMap((each) => issueFaults(each, places, path));
  const name = String(path.findLast((key) => typeof key === 'string') ?? 'the file');
  return [{ at: places.placeOf(path), message: `${name} ${sentence(issue)}` }];
}

/** Finds the kind of value that was intended among the allowed ones: the one with faults only inside. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return (
    branches.find((branch) => branch.some((each) => each.path.length > 0)) ??
    branches.find((branch) => branch.some((each) => each.code !== 'invalid_type' && each.code !== 'invalid_union'))
  );
}

function sentence(issue: Issue): string {
  if (issue.code === 'custom' || issue.message.startsWith('is ')) return issue.message;
  if (issue.code === 'invalid_value')
    return `is ${issue.input === undefined ? 'missing' : shown(issue.input)}; use ${formatList(issue.values.map(String))}`;
  if (issue.code === 'invalid_type')
    return `is ${issue.input === undefined ? 'missing' : shown(issue.input)}; write ${kinds[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_union') return `is ${shown(issue.input)}, which is not allowed here`;
  if (issue.code === 'too_small' && issue.origin === 'array') return 'has no values; write at least one';
  return `is wrong: ${issue.message}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'a block' : quote(value);
}

const kinds: Readonly<Record<string, string>> = {
  object: 'a block',
  array: 'a list',
  string: 'a text',
  number: 'a number',
};
