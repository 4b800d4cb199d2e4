import type { JsonObject } from '../../world.js';
import type { Core } from '../core.js';

/** The entities of divisions that the fault `hiddenDivisions` does not strike. */
export function visible(core: Core, entities: readonly JsonObject[]): readonly JsonObject[] {
  if (!core.faults.anyOn(['hiddenDivisions'])) return entities;
  return entities.filter((entity) => {
    const { id } = (entity.division ?? {}) as { readonly id?: unknown };
    // What belongs to all divisions is seen from each.
    return typeof id !== 'string' || id === '*' || !core.faults.isStruck('hiddenDivisions', id);
  });
}
