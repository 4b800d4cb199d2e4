import type { CallOptions, EntityPages, GenesysApi, JsonObject } from '../../genesys/api.js';
import type { EntityColumn, EntityShape } from './rows.js';

/** A directory relation: where it is listed and which of an entity's members are columns. */
export interface EntityKind extends EntityShape {
  readonly relation: string;
  /** Columns whose changes are kept as history, because older figures are read with them. */
  readonly historyColumns: readonly string[];
  /** The client's name of the listing that shows deleted entities only, where there is one. */
  readonly deletedOperation?: string;
  /** Returns true for a deleted entity, where a listing contains them among the others. */
  readonly isDeleted?: (entity: JsonObject) => boolean;
  readonly prepare?: (entity: JsonObject) => JsonObject;
  readonly list: (api: GenesysApi, call: CallOptions) => EntityPages;
}

export const uuid = (path: string): EntityColumn => ({ path, type: 'uuid' });
export const text = (path: string): EntityColumn => ({ path, type: 'text' });
export const time = (path: string): EntityColumn => ({ path, type: 'time' });
export const bigint = (path: string): EntityColumn => ({ path, type: 'bigint' });
export const flag = (path: string): EntityColumn => ({ path, type: 'boolean' });
export const json = (path: string): EntityColumn => ({ path, type: 'json' });
