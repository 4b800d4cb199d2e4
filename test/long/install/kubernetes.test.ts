/** The manifests against the API's own schemas. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { validate } from './manifests.js';

const folder = fileURLToPath(new URL('../../../deploy/kubernetes/', import.meta.url));
const read = (name: string) => parse(readFileSync(`${folder}${name}`, 'utf8'));
const manifests: readonly string[] = read('kustomization.yaml').resources;

test.each(manifests)('%s is valid', async (name) => {
  await expect(validate(read(name))).resolves.toBeUndefined();
});

test('a mistake would be found', async () => {
  const extractor = read('extractor.yaml');
  await expect(validate({ ...extractor, spec: { ...extractor.spec, replicas: 'one' } })).rejects.toThrow('integer');
});
