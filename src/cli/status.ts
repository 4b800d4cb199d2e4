import type { StoredOutage } from '../postgres/ledger/outage.js';
import { type Row, readStatus, type Status } from '../postgres/ledger/status.js';
import { type CommandContext, exitDone } from './app/command.js';
import { table } from './app/table.js';
import { withWarehouse } from './app/with-open.js';

const gapsShownMax = 20;

/**
 * Shows coverage, pending work and its causes, read from the marts that analysts see, and the sizes
 * of the relations.
 */
export async function statusCommand(context: CommandContext, options: { readonly json: boolean }): Promise<number> {
  return withWarehouse(context, async (opened) => {
    const status = await readStatus(opened.pool, context.now());
    context.print(options.json ? JSON.stringify(status, null, 2) : statusText(status));
    return exitDone;
  });
}

function statusText(status: Status): string {
  const sections = [section('Streams', status.streams.map(shownOf))];
  if (status.outage !== null) sections.unshift(outageText(status.outage));
  if (status.claims.length > 0) sections.push(section('Slices in progress', status.claims));
  if (status.gaps.length > 0) sections.push(section('Pending', status.gaps.slice(0, gapsShownMax)));
  if (status.gaps.length > gapsShownMax) sections.push(`… and ${status.gaps.length - gapsShownMax} more`);
  if (status.deadLetters.length > 0) sections.push(section('Dead letters', status.deadLetters));
  sections.push(...directoryText(status));
  if (status.lastRun !== null) sections.push(section('Last run', [status.lastRun]));
  if (status.apiBudget !== null) sections.push(section('API budget of the last run', [status.apiBudget]));
  if (status.sharedBudgets.length > 0) sections.push(section('API budget, all processes', status.sharedBudgets));
  sections.push(
    section(
      'Sizes',
      status.sizes.map(({ bytes, ...rest }) => ({ ...rest, size: bytesText(Number(bytes)) })),
    ),
  );
  return sections.join('\n\n');
}

function outageText({ since, lastSeenAt, reason }: StoredOutage): string {
  return `Outage since ${cell(since)}, last seen ${cell(lastSeenAt)}\n${reason}`;
}

/** Describes ids that occur in data and are missing in the directory, with the remedy. */
function directoryText({ unlisted, usersWithoutStatusTimes }: Status): string[] {
  const texts: string[] = [];
  if (unlisted.length > 0) {
    const rows = unlisted.map(({ kind, idCount, examples }) => ({
      kind,
      count: idCount,
      examples: examples.join(', '),
    }));
    texts.push(`${section('Not in the directory', rows)}\n${divisionHint}`);
  }
  if (usersWithoutStatusTimes > 0) {
    texts.push(
      `Status times are missing for ${usersWithoutStatusTimes} users who have statuses (last week, by day). ${divisionHint}`,
    );
  }
  return texts;
}

const divisionHint =
  'The OAuth client may lack their divisions: add these, or all divisions, to its role in Genesys Cloud (Admin, OAuth, Roles). Entries newer than the last listing appear with the next one.';

/** Selects as many columns as fit a terminal; `--json` has all of them. */
function shownOf(row: Row): Row {
  const shown = ['stream', 'watermark_at', 'final_until_at', 'last_success_at'];
  const counts = ['due_slice_count', 'failing_slice_count', 'dead_letter_count'];
  return Object.fromEntries([...shown, ...counts].map((name) => [name, row[name]]));
}

function section(title: string, rows: readonly Row[]): string {
  const header = Object.keys(rows[0] ?? {});
  return `${title}\n${table(
    header,
    rows.map((row) => header.map((name) => cell(row[name]))),
  )}`;
}

const cell = (value: unknown) => (value instanceof Date ? value.toISOString().replace('.000Z', 'Z') : value);

function bytesText(bytes: number): string {
  return bytes < 1_048_576 ? `${(bytes / 1_024).toFixed(0)} kB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
