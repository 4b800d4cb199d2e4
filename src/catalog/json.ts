import type { Catalog } from '../model/catalog.js';

/** Writes the whole catalogue, operations and relations with personal data included. */
export function jsonCatalog({ columns, relationships }: Catalog): string {
  return `${JSON.stringify({ columns, relationships }, null, 2)}\n`;
}
