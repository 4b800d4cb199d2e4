/** The dashboards against Grafana's own schema. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { installTool } from '../../../support/tools.js';

const folder = fileURLToPath(new URL('../../../../deploy/grafana/dashboards/', import.meta.url));
const names = readdirSync(folder);
const read = (path: string | URL): Record<string, unknown> => JSON.parse(readFileSync(path, 'utf8'));
const dashboard = (name: string) => read(`${folder}${name}`);

interface Validate {
  (value: unknown): boolean;
  readonly errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
}
let validate: Validate;

beforeAll(async () => {
  const { default: Ajv } = await import(`${await installTool('ajv@8.20.0')}/dist/ajv.js`);
  const ajv = new (Ajv.default ?? Ajv)({ strict: false, allErrors: true, validateFormats: false });
  validate = ajv.compile(read(new URL('dashboard.jsonschema.json', import.meta.url)));
});

/** Lists what the schema refuses. */
function faultsOf(value: unknown): string[] {
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test('there are three', () => {
  expect(names).toHaveLength(3);
});

test.each(names)('%s is valid', (name) => {
  expect(faultsOf(dashboard(name))).toEqual([]);
});

test.each<[string, Record<string, unknown>]>([
  ['a tag that is a number', { tags: [3] }],
  ['an unknown key', { titel: 'Queues' }],
  ['a panel without a type', { panels: [{ title: 'Contacts', gridPos: { x: 0, y: 0, w: 12, h: 8 } }] }],
  ['a panel of a wrong width', { panels: [{ type: 'table', gridPos: { x: 0, y: 0, w: 'wide', h: 8 } }] }],
])('%s would be found', (_, fault) => {
  for (const name of names) expect(faultsOf({ ...dashboard(name), ...fault })).not.toEqual([]);
});
