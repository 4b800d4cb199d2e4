import type { Fields } from './fields.js';

/** The lake that `run` keeps current. */
export interface LakeConfig {
  /** A folder, `s3://…` or `abfss://…`. */
  readonly url: string;
  /** Includes the tables of schema `genesys`, as `lake export --raw` does. */
  readonly isRaw: boolean;
  /** Includes personal data, as `lake export --personal` does. */
  readonly isPersonal: boolean;
}

/** Returns nothing where `run` is to keep no lake. */
export function lakeConfig(values: Fields): { readonly lake?: LakeConfig } {
  const url = values.GENESYS_WAREHOUSE_LAKE_URL;
  if (url === undefined) return {};
  const { GENESYS_WAREHOUSE_LAKE_RAW: isRaw, GENESYS_WAREHOUSE_LAKE_PERSONAL: isPersonal } = values;
  return { lake: Object.freeze({ url, isRaw, isPersonal }) };
}

/** Returns the faults of switches that would do nothing. */
export function lakeFaults(values: Fields): string[] {
  if (values.GENESYS_WAREHOUSE_LAKE_URL !== undefined) return [];
  return (['GENESYS_WAREHOUSE_LAKE_RAW', 'GENESYS_WAREHOUSE_LAKE_PERSONAL'] as const)
    .filter((name) => values[name])
    .map((name) => `${name} is on, but GENESYS_WAREHOUSE_LAKE_URL is missing; set the address of the lake`);
}
