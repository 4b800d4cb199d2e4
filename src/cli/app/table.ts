const barWidth = 20;

/** A share from 0 to 1 as blocks. */
export function bar(share: number): string {
  const filled = Math.max(share > 0 ? 1 : 0, Math.round(Math.min(1, share) * barWidth));
  return '█'.repeat(filled).padEnd(barWidth, '·');
}

/** Columns as wide as their widest cell; numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map((row) => row.map((value) => String(value ?? '—')));
  const widths = header.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const isNumber = header.map((_title, column) => rows.some((row) => typeof row[column] === 'number'));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(header), ...cells.map(line)].join('\n');
}

/** One line of CSV; nothing for null. */
export function csvLine(values: readonly unknown[]): string {
  return values
    .map((value) => String(value ?? ''))
    .map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
    .join(',');
}
