import { readdirSync, readFileSync } from 'node:fs';

const introduction = `# Decisions

One file per decision, at most 25 lines below its head: what was decided, why, what else was
possible, what was measured. A later decision names the one it replaces or amends. New entries take
the next number; then \`node .ci/decisions.mjs\` writes this index.

| no. | decision | date | status | area |
|---|---|---|---|---|
`;

/** Reads the head of one entry: its title, then `Date:`, `Status:` and `Area:` lines. */
function readEntry(folder, name) {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const field = (label) => new RegExp(`^${label}: (.+)$`, 'm').exec(text)?.[1] ?? '';
  const title = /^# \d{4}\. (.+)$/m.exec(text)?.[1] ?? '';
  return {
    name,
    number: name.slice(0, 4),
    title,
    date: field('Date'),
    status: field('Status'),
    area: field('Area'),
    text,
  };
}

/** Entries of a folder in the order of their numbers. */
export function decisionEntries(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => readEntry(folder, name));
}

/** The index of a folder of decisions as Markdown. */
export function decisionIndex(folder) {
  const rows = decisionEntries(folder).map(
    ({ name, number, title, date, status, area }) =>
      `| ${number} | [${title}](decisions/${name}) | ${date} | ${status} | ${area} |\n`,
  );
  return introduction + rows.join('');
}
