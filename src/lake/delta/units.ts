/** Decides which ranges of days are written as one file each, and which files they replace. */
import { dayMs } from '../../lib/interval.js';
import type { Day } from '../../model/lake.js';
import type { AddFile } from './actions.js';
import { monthColumn, organizationColumn } from './schema.js';

/** Tags of our files: the half-open range of UTC days, the number of the export, a digest of the rows. */
export const tagNames = {
  from: 'genesysWarehouse.from',
  to: 'genesysWarehouse.to',
  exportNumber: 'genesysWarehouse.export',
  digest: 'genesysWarehouse.digest',
} as const;

/** A half-open range of UTC days within one month. */
export interface Unit {
  readonly from: Day;
  readonly to: Day;
}

export const monthOf = (day: Day): string => day.slice(0, 7);

export function nextDay(day: Day): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);
}

export function firstOfNextMonth(month: string): Day {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year ?? 0, number ?? 0, 1)).toISOString().slice(0, 10);
}

/**
 * Returns the days of a file: from its tags, else the whole month of its partition, e.g. if another
 * program compacted it.
 */
export function rangeOf(file: AddFile): Unit {
  const month = file.partitionValues[monthColumn] ?? '';
  const [from, to] = [file.tags?.[tagNames.from], file.tags?.[tagNames.to]];
  if (isDay(from) && isDay(to)) return { from, to };
  return { from: `${month}-01`, to: firstOfNextMonth(month) };
}

const isDay = (text: string | undefined): text is Day => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '');

export function isOf(file: AddFile, organizationId: string): boolean {
  return file.partitionValues[organizationColumn] === organizationId;
}

export const exportNumberOf = (file: AddFile): number => Number(file.tags?.[tagNames.exportNumber] ?? -1);

const overlaps = (a: Unit, b: Unit): boolean => a.from < b.to && b.from < a.to;

/** Returns the files of an organization that hold days of `unit`. */
export function filesIn(files: Iterable<AddFile>, organizationId: string, unit: Unit): AddFile[] {
  return [...files].filter((file) => isOf(file, organizationId) && overlaps(rangeOf(file), unit));
}

/**
 * Extends days to units that must be written together because one file holds them: each unit covers
 * every file that it touches.
 */
export function unitsOf(days: readonly Day[], files: Iterable<AddFile>, organizationId: string): Unit[] {
  const ranges = [...files].filter((file) => isOf(file, organizationId)).map(rangeOf);
  const wide = ranges.filter(({ from, to }) => nextDay(from) < to);
  const touched = wide.filter((range) => days.some((day) => range.from <= day && day < range.to));
  return merged([...days.map((day) => ({ from: day, to: nextDay(day) })), ...touched]);
}

/** Merges overlapping units; adjacent ones stay separate. */
export function merged(units: readonly Unit[]): Unit[] {
  const result: Unit[] = [];
  for (const unit of [...units].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = result.at(-1);
    if (last === undefined || unit.from >= last.to) result.push(unit);
    else if (unit.to > last.to) result[result.length - 1] = { from: last.from, to: unit.to };
  }
  return result;
}
