import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const { cutChangelog, notesOf, isLater, withChartVersion } = await import(join(root, 'scripts/release.mjs'));
const { installedPackages, faultsOf, lockFaults } = await import(join(root, 'scripts/supply-chain.mjs'));
const manifest = JSON.parse(textOf('package.json'));
const lock = JSON.parse(textOf('package-lock.json'));

describe('the changelog', () => {
  const text = '# Changelog\n\n## Pending\n\n- One.\n- Two.\n\n## 0.1.0 (2026-01-01)\n\n- Old.\n';

  test('what is pending becomes the section of the version, and Pending stays, empty', () => {
    expect(cutChangelog(text, '0.2.0', '2026-11-27')).toBe(
      '# Changelog\n\n## Pending\n\n## 0.2.0 (2026-11-27)\n\n- One.\n- Two.\n\n## 0.1.0 (2026-01-01)\n\n- Old.\n',
    );
  });

  test('the section of a version is its notes, whichever sections follow', () => {
    const cut = cutChangelog(text, '0.2.0', '2026-11-27');
    expect(notesOf(cut, '0.2.0')).toBe('- One.\n- Two.');
    expect(notesOf(cut, '0.1.0')).toBe('- Old.');
    expect(() => notesOf(cut, '0.3.0')).toThrow('no section for 0.3.0');
  });

  test('the changelog of this tree can be cut, or was', () => {
    const changelog = textOf('CHANGELOG.md');
    expect(changelog).toContain('## Pending\n');
    const isCut = /## Pending\s+## /.test(changelog);
    if (!isCut) expect(notesOf(cutChangelog(changelog, '99.0.0', '2099-01-01'), '99.0.0')).toContain('- ');
  });

  test('nothing is released twice, and nothing without changes', () => {
    const cut = cutChangelog(text, '0.2.0', '2026-11-27');
    expect(() => cutChangelog(cut, '0.3.0', '2026-11-28')).toThrow('nothing to release');
    const again = cut.replace('## Pending\n', '## Pending\n\n- Three.\n');
    expect(() => cutChangelog(again, '0.2.0', '2026-11-28')).toThrow('has a section for 0.2.0');
  });
});

test.each([
  ['0.2.0', '0.1.9', true],
  ['0.10.0', '0.9.9', true],
  ['1.0.0', '0.9.9', true],
  ['0.2.0', '0.2.0', false],
  ['0.1.9', '0.2.0', false],
])('%s comes after %s: %s', (version, than, expected) => {
  expect(isLater(version, than)).toBe(expected);
});

test('the Helm chart gets the version of the program', () => {
  const chart = textOf('deploy/helm/genesys-warehouse/Chart.yaml');
  expect(withChartVersion(chart, manifest.version)).toBe(chart);
  const next = withChartVersion(chart, '99.0.0');
  expect(parse(next)).toEqual({ ...parse(chart), version: '99.0.0', appVersion: '99.0.0' });
});

describe('what is installed with the program', () => {
  test('has a digest in the lock file and a licence that permits it', () => {
    const packages = installedPackages(lock);
    expect(packages.length).toBeGreaterThan(Object.keys(manifest.dependencies).length);
    expect(faultsOf(packages)).toEqual([]);
  });

  test('is in the lock file as package.json has it', () => {
    expect(lockFaults(manifest, lock)).toEqual([]);
  });

  test('every version is exact', () => {
    for (const kind of ['dependencies', 'optionalDependencies', 'devDependencies'])
      for (const version of Object.values(manifest[kind])) expect(version).toMatch(/^\d/);
  });

  test('a licence that asks for something, a missing digest and a lock file that differs are found', () => {
    const entry = { version: '1.0.0', license: 'GPL-3.0', resolved: 'https://example.com/a.tgz' };
    expect(faultsOf(installedPackages({ packages: { '': {}, 'node_modules/a': entry } }))).toHaveLength(2);
    expect(
      lockFaults({ dependencies: { a: '1.0.1' } }, { packages: { '': { dependencies: { a: '1.0.0' } } } }),
    ).toEqual(['a is 1.0.1 in package.json and 1.0.0 in the lock file.']);
  });
});

describe('the package says where it comes from', () => {
  test.each(['repository', 'homepage', 'bugs', 'keywords', 'license', 'description'])('%s', (field) => {
    expect(manifest[field]).toBeTruthy();
  });

  test('it is published with provenance and exports no types', () => {
    expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true });
    expect(manifest.types ?? manifest.exports ?? manifest.main).toBeUndefined();
  });
});

describe('the workflows', () => {
  const folder = join(root, '.github/workflows');
  const workflows = readdirSync(folder).map((name) => [name, parse(readFileSync(join(folder, name), 'utf8'))] as const);

  test.each(workflows)('%s gets no more rights than it needs, and every job ends', (_, workflow) => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    for (const job of Object.values<Record<string, unknown>>(workflow.jobs))
      expect(job.uses ?? job['timeout-minutes']).toBeDefined();
  });

  test.each(workflows)('%s runs scripts that are there', (_, workflow) => {
    const commands = Object.values<{ steps?: { run?: string }[] }>(workflow.jobs)
      .flatMap(({ steps = [] }) => steps.map(({ run = '' }) => run))
      .join('\n');
    const scripts = [...commands.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    for (const name of scripts) expect(Object.keys(manifest.scripts)).toContain(name);
    for (const [path] of commands.matchAll(/(?:\.ci|scripts)\/[\w.-]+/g)) expect(textOf(path)).not.toBe('');
  });

  test('every Node that is supported is in the daily suite', () => {
    const ci = workflows.find(([name]) => name === 'ci.yml')?.[1];
    expect(ci.jobs.daily.strategy.matrix.node).toEqual([20, 22, 24]);
  });
});

test('the form for bugs asks for doctor and status, and for no personal data', () => {
  const form = textOf('.github/ISSUE_TEMPLATE/bug.yml');
  for (const text of ['doctor --json', 'status --json', 'leave personal data out']) expect(form).toContain(text);
  const ids = parse(form).body.flatMap(({ id }: { id?: string }) => id ?? []);
  expect(ids).toEqual(['what', 'version', 'doctor', 'status', 'log']);
});
