/** The Helm chart, by Helm itself where it is installed: .ci/packages builds it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { variableNames } from '../../../src/config/config.js';
import { type Manifest, validate } from './manifests.js';

const chart = fileURLToPath(new URL('../../../deploy/helm/genesys-warehouse', import.meta.url));
const plain = fileURLToPath(new URL('../../../deploy/kubernetes/', import.meta.url));
const tools = process.env.TEST_TOOLS ?? join(homedir(), '.cache', 'genesys-warehouse-tools');
const env = { ...process.env, PATH: [join(tools, 'bin'), process.env.PATH].join(delimiter) };

function helm(...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('helm', args, { env, encoding: 'utf8' });
  return { status, output: status === 0 ? stdout : stderr };
}

const hasHelm = spawnSync('helm', ['version'], { env }).status === 0;
if (!hasHelm) console.warn('Helm is not installed (.ci/packages builds it where Go is): the chart was not rendered.');

// A helm that was built from its module assumes an old cluster by default.
const render = (...settings: readonly string[]) =>
  helm('template', 'acme', chart, '--kube-version', '1.32.0', ...settings.flatMap((each) => ['--set', each]));

function objectsOf(...settings: readonly string[]): readonly Manifest[] {
  const { status, output } = render(...settings);
  if (status !== 0) throw new Error(output);
  return parseAllDocuments(output).map((document) => document.toJS());
}

interface PodSpec {
  readonly containers: readonly {
    readonly name: string;
    readonly args: readonly string[];
    readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
    readonly [key: string]: unknown;
  }[];
  readonly [key: string]: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: objects of YAML.
const podOf = ({ kind, spec }: any): PodSpec | undefined =>
  kind === 'Deployment' ? spec.template.spec : kind === 'CronJob' ? spec.jobTemplate.spec.template.spec : undefined;
const containerOf = (manifest: unknown) => podOf(manifest)?.containers[0];
const podNamed = (objects: readonly unknown[], name: string) =>
  objects.map(podOf).find((pod) => pod?.containers[0]?.name === name);

describe.skipIf(!hasHelm)('the Helm chart', () => {
  test('is content with helm lint --strict', () => {
    expect(helm('lint', '--strict', chart)).toMatchObject({ status: 0 });
  });

  test.each([
    ['as it comes', []],
    ['with the page, without a network policy', ['dashboard.enabled=true', 'networkPolicy.enabled=false']],
    ['with prune and places to run', ['prune.enabled=true', 'nodeSelector.disk=ssd', 'imagePullSecrets[0].name=key']],
  ])('renders objects that the API takes: %s', async (_, settings) => {
    const objects = objectsOf(...settings);
    expect(objects.length).toBeGreaterThan(5);
    for (const object of objects) await expect(validate(object), object.kind).resolves.toBeUndefined();
  });

  test.each(['extractor', 'prune', 'backfill'])('%s runs as it does in deploy/kubernetes', (name) => {
    const rendered = podNamed(objectsOf(), name);
    const written = podOf(parse(readFileSync(`${plain}${name}.yaml`, 'utf8')));
    const { containers: here = [], serviceAccountName: _a, ...pod } = rendered ?? ({} as PodSpec);
    const { containers: there = [], serviceAccountName: _b, ...expected } = written ?? ({} as PodSpec);
    expect(pod).toEqual(expected);
    const shared = [
      'resources',
      'securityContext',
      'volumeMounts',
      'ports',
      'livenessProbe',
      'readinessProbe',
      'startupProbe',
    ];
    for (const part of shared) expect(here[0]?.[part], part).toEqual(there[0]?.[part]);
    const secrets = (pods: PodSpec['containers']) => pods[0]?.env.filter(({ valueFrom }) => valueFrom !== undefined);
    expect(secrets(here)).toEqual(secrets(there));
    expect(here[0]?.args[0]).toBe(there[0]?.args[0]);
  });

  test('knows only variables that there are, and takes secrets by reference', () => {
    const objects = objectsOf('dashboard.enabled=true');
    const given = objects.flatMap((object) => containerOf(object)?.env ?? []);
    expect(given.length).toBeGreaterThan(8);
    for (const { name, value, valueFrom } of given) {
      if (name.startsWith('GENESYS')) expect(variableNames).toContain(name);
      expect(/SECRET|PASSWORD|DATABASE_URL|CLIENT_ID/.test(name) ? valueFrom : value, name).toBeDefined();
    }
    const settings = objects.find(({ kind }) => kind === 'ConfigMap')?.data as Record<string, string>;
    for (const name of Object.keys(settings)) expect(variableNames).toContain(name);
  });

  test.each([
    ['a password among the settings', 'settings.GENESYS_WAREHOUSE_DASHBOARD_PASSWORD=secret'],
    ['a misspelled value', 'extractor.replica=2'],
    ['no secret', 'existingSecret='],
  ])('refuses %s', (_, setting) => {
    expect(render(setting)).toMatchObject({ status: 1, output: expect.stringContaining('schema') });
  });

  test('restarts the extractor after a change of its settings', () => {
    const checksum = (...settings: readonly string[]) =>
      // biome-ignore lint/suspicious/noExplicitAny: objects of YAML.
      (objectsOf(...settings).find(({ kind }) => kind === 'Deployment') as any).spec.template.metadata.annotations[
        'checksum/settings'
      ];
    expect(checksum('settings.GENESYSCLOUD_REGION=us-east-1')).not.toBe(checksum());
  });
});

test('the chart has the version of the program', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  expect(parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'))).toMatchObject({ version, appVersion: version });
});
