import type { Outcome } from './convergence.js';
import { type Counters, pageStreams } from './counters.js';
import type { Counts } from './counts.js';
import type { AfterStorm } from './storm.js';

const shownMax = 5;

export function isTrue(after: AfterStorm, outcome: Outcome): boolean {
  return faultsOf(after, outcome).length === 0;
}

/** Returns the violations, one line each; empty when there are none. */
export function faultsOf({ counters }: AfterStorm, outcome: Outcome, areAllKindsNeeded = true): string[] {
  const { comparison, untrue, missing, pending, deadLetters, failures } = outcome;
  return [
    ...comparison.differences.flatMap(({ table, onlyStorm, onlyReference, examples }) => [
      `genesys.${table}: ${onlyStorm} rows only after the storm, ${onlyReference} only without it`,
      ...examples.map((example) => `    ${example.slice(0, 600)}`),
    ]),
    ...some('conversations differ from the truth', untrue),
    ...some('conversations are missing', missing),
    ...some('slices are still pending', pending),
    ...some('dead letters are left', deadLetters),
    ...(outcome.runs > 3 ? some('runs after the storm failed', failures) : []),
    ...some('processes misbehaved', counters.misbehaved),
    ...(areAllKindsNeeded ? some('kinds of faults never struck', counters.kindsMissing) : []),
  ];
}

function some(what: string, items: readonly string[]): string[] {
  return items.length === 0
    ? []
    : [`${items.length} ${what}:`, ...items.slice(0, shownMax).map((item) => `    ${item}`)];
}

export function reportOf(seed: number, after: AfterStorm, outcome: Outcome): string {
  const { counters } = after;
  const { comparison } = outcome;
  const wrong = faultsOf(after, outcome);
  return [
    `seed ${seed}: ${counters.seconds} s of storm`,
    `kills (SIGKILL): ${counters.kills.total} (${listed(counters.kills)})`,
    `processes ended: ${listed(counters.endings)}`,
    `faults injected: ${counters.faults.total}`,
    ...counters.faults.entries().map(([name, count]) => `    ${String(count).padStart(6)} ${name}`),
    `records returned wrongly or changed: ${counters.recordFaults.total} (${listed(counters.recordFaults)})`,
    ...pageLines(counters),
    `runs of sync after the storm: ${outcome.runs}`,
    `compared: ${comparison.tables} tables, ${comparison.rows} rows, ${outcome.conversations} conversations`,
    comparison.differences.length === 0
      ? 'EQUAL: every table is what it would be without the storm'
      : `DIFFERENT (seed ${seed})`,
    ...wrong,
  ].join('\n');
}

function pageLines({ requests, answered, committed, kills }: Counters): string[] {
  const sum = (counts: Counts) => pageStreams.reduce((total, stream) => total + counts.of(stream), 0);
  const again = sum(answered) - sum(committed);
  return [
    `pages: ${sum(requests)} requested, ${sum(answered)} answered, ${sum(committed)} committed`,
    `pages read twice: ${again}, ${(again / Math.max(1, kills.total)).toFixed(2)} a kill`,
    `requests per necessary request: ${(sum(requests) / Math.max(1, sum(committed))).toFixed(2)}`,
  ];
}

function listed(counts: Counts): string {
  return counts
    .entries()
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
