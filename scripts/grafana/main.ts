// Writes deploy/grafana/dashboards from the named queries of the page: npm run grafana.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readQueryFiles } from '../../src/postgres/dashboard/query-files.js';
import { grafanaDashboards } from './dashboards.js';

const directory = fileURLToPath(new URL('../../deploy/grafana/dashboards/', import.meta.url));
mkdirSync(directory, { recursive: true });
for (const { name, dashboard } of grafanaDashboards(await readQueryFiles()))
  writeFileSync(`${directory}${name}.json`, `${JSON.stringify(dashboard, null, 2)}\n`);
