/**
 * Dimensions that say the same for every organisation. A federated database has one row a key of them, not one a member: they are joined by
 * the key alone, and figures must not double.
 */
import pg from 'pg';
import type { FederatedColumn } from './relations.js';

const keys: Readonly<Record<string, string>> = {
  dim_dates: 'day',
  dim_enums: 'enum_key',
  dim_intervals: 'minute_of_day',
  dim_wrapup_causes: 'wrapup_cause',
};

/** Undefined for a relation that has rows of its own for each organisation. */
export function keyOfShared(relation: string): string | undefined {
  return keys[relation];
}

/** The column over the rows of all members with one key. */
export function sharedColumn({ name, type }: FederatedColumn, key: string): string {
  const column = `member_rows.${pg.escapeIdentifier(name)}`;
  if (name === key) return column;
  if (type === 'boolean') return `bool_or(${column})`;
  // The begin of a day is not the same in every zone.
  return `case when min(${column}) = max(${column}) then min(${column}) end`;
}
