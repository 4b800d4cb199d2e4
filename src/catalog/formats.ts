import type { Catalog } from '../model/catalog.js';
import { dbtSources } from './dbt.js';
import { jsonCatalog } from './json.js';
import { metabaseScript } from './metabase.js';
import { powerbiProject } from './powerbi.js';
import { tableauSources } from './tableau.js';
import type { ModelFile } from './tables.js';

/** Writes the files of a model, by the name of its format. */
export const catalogFormats = {
  json: (catalog) => [{ path: 'catalog.json', text: jsonCatalog(catalog) }],
  dbt: (catalog) => [{ path: 'sources.yml', text: dbtSources(catalog) }],
  powerbi: powerbiProject,
  tableau: tableauSources,
  metabase: (catalog) => [{ path: 'metabase.mjs', text: metabaseScript(catalog) }],
} satisfies Readonly<Record<string, (catalog: Catalog) => ModelFile[]>>;

export type CatalogFormat = keyof typeof catalogFormats;

/** Returns one text for standard output; each of several files follows a line with its path. */
export function joinFiles(files: readonly ModelFile[]): string {
  const [first] = files;
  if (first !== undefined && files.length === 1) return first.text;
  return files.map(({ path, text }) => `=== ${path} ===\n${text}`).join('\n');
}
