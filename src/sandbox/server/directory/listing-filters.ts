import type { JsonObject } from '../../world.js';
import { invalidValue } from '../http/api-fault.js';
import type { Call } from '../http/router.js';

const sortOrders = ['asc', 'ascending', 'desc', 'descending'];

/** Applies the query to a listing: ids, divisions, a name, an order. Absent parameters change nothing. */
export function asked(call: Call, entities: readonly JsonObject[]): readonly JsonObject[] {
  return sorted(call, byName(call, byDivision(call, byId(call, entities))));
}

function byId(call: Call, entities: readonly JsonObject[]): readonly JsonObject[] {
  const ids = listOf(call, 'id');
  return ids.size === 0 ? entities : entities.filter((entity) => ids.has(String(entity.id)));
}

function byDivision(call: Call, entities: readonly JsonObject[]): readonly JsonObject[] {
  const ids = listOf(call, 'divisionId');
  return ids.size === 0 ? entities : entities.filter(({ division }) => ids.has(String((division as JsonObject)?.id)));
}

/** The SDK joins a list with commas; others repeat the parameter. */
export function listOf(call: Call, name: string): ReadonlySet<string> {
  return new Set(
    call.query
      .getAll(name)
      .flatMap((value) => value.split(','))
      .filter((value) => value !== ''),
  );
}

/** `name` may end with `*`, as in the API's own search boxes. */
export function byName(call: Call, entities: readonly JsonObject[]): readonly JsonObject[] {
  const name = call.query.get('name')?.toLowerCase();
  if (name === undefined || name === '') return entities;
  const prefix = name.endsWith('*') ? name.slice(0, -1) : undefined;
  return entities.filter((entity) => {
    const actual = String(entity.name ?? '').toLowerCase();
    return prefix === undefined ? actual === name : actual.startsWith(prefix);
  });
}

/** By name unless `sortBy` names another field; in the organisation's own order when nothing is said. */
function sorted(call: Call, entities: readonly JsonObject[]): readonly JsonObject[] {
  const field = call.query.get('sortBy') ?? '';
  const order = (call.query.get('sortOrder') ?? '').toLowerCase();
  if (field === '' && order === '') return entities;
  if (order !== '' && !sortOrders.includes(order)) throw invalidValue(order, 'sortOrder', sortOrders);
  const key = (entity: JsonObject) => String(entity[field === '' ? 'name' : field] ?? '');
  const sign = order.startsWith('desc') ? -1 : 1;
  return [...entities].sort((a, b) => (key(a) === key(b) ? 0 : key(a) < key(b) ? -sign : sign));
}
