/** Finds the positions of the raw relations' columns in their rows. */
import { columnIndex, type Relation, relations } from './relations.js';

export type { Row } from './relations.js';

export function relationNamed(name: string): Relation {
  const relation = relations.find((candidate) => candidate.name === name);
  if (relation === undefined) throw new Error(`there is no relation ${name}`);
  return relation;
}

export function columnIndexes<const Name extends string>(
  relation: string,
  names: readonly Name[],
): Readonly<Record<Name, number>> {
  const indexes = names.map((name) => [name, columnIndex(relationNamed(relation), name)] as const);
  return Object.fromEntries(indexes) as Record<Name, number>;
}
