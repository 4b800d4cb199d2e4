import { isObject } from '../lib/json.js';
import { type AttributeRow, moveAttributes, type ParticipantIds } from './attributes.js';

/** Adds to `paths` the dotted path of every key in which two JSON values differ, without positions in lists. */
export function addDifferences(paths: Set<string>, path: string, before: unknown, after: unknown): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    before.forEach((item, index) => {
      addDifferences(paths, path, item, after[index]);
    });
  } else if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      addDifferences(paths, path === '' ? key : `${path}.${key}`, own(before, key), own(after, key));
    }
  } else {
    paths.add(path);
  }
}

function own(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export interface AttributeSide {
  readonly rows: readonly AttributeRow[];
  readonly participantIds: ParticipantIds;
}

const attributesPath = 'participants.attributes';

/** Adds the paths of the attributes in which two versions of a conversation differ. */
export function addAttributeDifferences(paths: Set<string>, before: AttributeSide, after: AttributeSide): void {
  const moved = moveAttributes(before.rows, before.participantIds, after.participantIds);
  if (!moved.isComplete) paths.add(attributesPath);
  const former = byKey(moved.rows);
  const latter = byKey(after.rows);
  for (const key of new Set([...former.keys(), ...latter.keys()])) {
    const name = (former.get(key) ?? latter.get(key))?.name ?? null;
    const path = name === null ? attributesPath : `${attributesPath}.${name}`;
    if (!isEqual(former.get(key), latter.get(key))) paths.add(path);
  }
}

function byKey(rows: readonly AttributeRow[]): Map<string, AttributeRow> {
  return new Map(rows.map((row) => [JSON.stringify([row.participantNo, row.name, row.extra?.name]), row]));
}

function isEqual(a: AttributeRow | undefined, b: AttributeRow | undefined): boolean {
  const differences = new Set<string>();
  addDifferences(differences, '', [a?.value, a?.extra], [b?.value, b?.extra]);
  return (a === undefined) === (b === undefined) && differences.size === 0;
}
