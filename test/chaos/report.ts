import type { Outcome } from './calm.js';
import type { Counts } from './counts.js';
import type { AfterStorm } from './storm.js';
import { type Counters, pageStreams } from './tally.js';

const shownMax = 5;

export function isTrue(after: AfterStorm, outcome: Outcome): boolean {
  return faultsOf(after, outcome).length === 0;
}

/** What is wrong, one line each; empty when all is as it should be. */
export function faultsOf({ tally }: AfterStorm, outcome: Outcome, areAllKindsNeeded = true): string[] {
  const { comparison, untrue, missing, owed, deadLetters, failures } = outcome;
  return [
    ...comparison.differences.flatMap(({ table, onlyStorm, onlyCalm, examples }) => [
      `genesys.${table}: ${onlyStorm} rows only after the storm, ${onlyCalm} only without it`,
      ...examples.map((example) => `    ${example.slice(0, 600)}`),
    ]),
    ...some('conversations differ from the truth', untrue),
    ...some('conversations are missing', missing),
    ...some('slices are still owed', owed),
    ...some('dead letters are left', deadLetters),
    ...(outcome.runs > 3 ? some('runs after the storm failed', failures) : []),
    ...some('processes misbehaved', tally.misbehaved),
    ...(areAllKindsNeeded ? some('kinds of faults never struck', tally.kindsMissing) : []),
  ];
}

function some(what: string, items: readonly string[]): string[] {
  return items.length === 0
    ? []
    : [`${items.length} ${what}:`, ...items.slice(0, shownMax).map((item) => `    ${item}`)];
}

export function reportOf(seed: number, after: AfterStorm, outcome: Outcome): string {
  const { tally } = after;
  const { comparison } = outcome;
  const wrong = faultsOf(after, outcome);
  return [
    `seed ${seed}: ${tally.seconds} s of storm`,
    `kills (SIGKILL): ${tally.kills.total} (${listed(tally.kills)})`,
    `processes ended: ${listed(tally.endings)}`,
    `faults injected: ${tally.faults.total}`,
    ...tally.faults.entries().map(([name, count]) => `    ${String(count).padStart(6)} ${name}`),
    `records told wrongly or changed: ${tally.recordFaults.total} (${listed(tally.recordFaults)})`,
    ...pageLines(tally),
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
