import { table } from '../app/table.js';
import type { AccessCheck, AccessState, Check, CheckState } from './check.js';

/** The object that `doctor --json` prints; docs/install.md describes it. */
export interface Diagnosis {
  readonly version: string;
  readonly checkedAt: string;
  /** The exit status. */
  readonly status: 0 | 1 | 2;
  readonly checks: readonly Check[];
  readonly access: readonly AccessCheck[];
}

const words: Readonly<Record<CheckState, string>> = {
  ok: 'ok',
  note: 'note',
  warning: 'warning',
  fault: 'FAULT',
  skipped: 'skipped',
};
const accessWords: Readonly<Record<AccessState, string>> = {
  granted: 'granted',
  partly: 'partly',
  missing: 'MISSING',
  not_offered: 'not offered',
  not_used: 'not used',
  unknown: 'unknown',
};
const conclusions = {
  0: 'All well.',
  1: 'It runs, but something is lost or will break: see the warnings and what is MISSING.',
  2: 'Commands refuse to start until every FAULT is corrected.',
} as const;

/** Renders the diagnosis as text for a terminal. */
export function diagnosisText({ checks, access, status }: Diagnosis): string {
  const parts = [checksText(checks)];
  if (access.length > 0) parts.push(accessText(access));
  parts.push(conclusions[status]);
  return parts.join('\n\n');
}

function checksText(checks: readonly Check[]): string {
  const rows = table(
    ['area', 'check', '', 'found'],
    checks.map(({ area, name, state, detail }) => [area, name, words[state], detail]),
  );
  const advice = checks
    .filter(({ remedy }) => remedy !== undefined)
    .map(({ area, name, remedy }) => `${area}, ${name}: ${remedy}`);
  return [rows, ...(advice.length > 0 ? ['', ...advice] : [])].join('\n');
}

function accessText(access: readonly AccessCheck[]): string {
  const rows = table(
    ['data set', 'permission', '', 'lost without it'],
    access.map(({ dataSets, permission, state, lost }) => [
      dataSets.join(', '),
      permission ?? 'none needed',
      accessWords[state],
      lost,
    ]),
  );
  const missing = access.filter(({ state }) => state === 'missing' || state === 'partly');
  const reasons = access
    .filter(({ state, reason }) => state === 'unknown' && reason !== undefined)
    .map(({ dataSets, reason }) => `${dataSets.join(', ')}: ${reason}`);
  const advice =
    missing.length === 0
      ? []
      : [
          `Add to a role of the OAuth client (Genesys Cloud: Admin, Roles / Permissions): ${missing.map(({ permission }) => permission).join(', ')}.`,
        ];
  return [rows, ...(advice.length + reasons.length > 0 ? ['', ...advice, ...reasons] : [])].join('\n');
}
