/** The package as a person who installs it gets it: its files, and whether it works from an empty folder. */
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, cpSync, readdirSync, symlinkSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../../src/lib/version.js';
import { installTool } from '../../support/tools.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

let folder: string;
let archive: string;
let files: readonly string[];

/** A copy of the tree without what git ignores, so that the build in use stays untouched. */
beforeAll(async () => {
  // In a place that every user may pass through, since one test runs as another user.
  folder = await mkdtemp('/var/tmp/gw-package-');
  chmodSync(folder, 0o755);
  const copy = join(folder, 'source');
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    maxBuffer: 16 * 1_048_576,
  });
  for (const path of stdout.split('\0').filter((name) => name !== '' && !name.startsWith('test/'))) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: copy,
    maxBuffer: 16 * 1_048_576,
  });
  const [result] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n'))) as [
    { filename: string; files: { path: string }[] },
  ];
  archive = join(folder, result.filename);
  files = result.files.map(({ path }) => path);
}, 240_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the package', () => {
  test.each(['.env.example', 'docker-compose.yml', 'Dockerfile', 'README.md', 'docs/README.md', 'docs/install.md'])(
    'carries %s',
    (path) => {
      expect(files).toContain(path);
    },
  );

  test('carries what the compose file and install.md refer to', () => {
    for (const path of [
      'deploy/grafana/prometheus.yml',
      'deploy/kubernetes/kustomization.yaml',
      'deploy/systemd/genesys-warehouse.service',
      'docs/alerts.yaml',
    ])
      expect(files).toContain(path);
  });

  test('carries nothing else: no source maps, sources, tests, types, plans or secrets', () => {
    const known =
      /^(dist|migrations|sql|docs|deploy)\/|^(\.env\.example|docker-compose\.yml|Dockerfile|package\.json)$/;
    const documents = /^(README|CHANGELOG|SECURITY|LICENSE)(\.md)?$/;
    expect(files.filter((path) => !known.test(path) && !documents.test(path))).toEqual([]);
    expect(files.filter((path) => /\.map$|\.tsx?$|^docs\/plans\/|\.sql\.gz$|(^|\/)\.env$/.test(path))).toEqual([]);
  });

  test('is what publint wants a package to be', async () => {
    const { publint } = await import(`${await installTool('publint@0.3.25')}/src/index-node.js`);
    const { messages } = await publint({ pkgDir: join(folder, 'source'), strict: true });
    expect(messages).toEqual([]);
  });
});

interface Installation {
  readonly flags?: readonly string[];
  /** Nothing below node_modules may be written, by a user to whom nothing of it belongs. */
  readonly isReadOnly?: boolean;
}

async function installed(name: string, { flags = [], isReadOnly = false }: Installation = {}) {
  const home = join(folder, name);
  await mkdir(home);
  await writeFile(join(home, 'package.json'), '{}');
  await run('npm', ['install', '--no-audit', '--no-fund', ...flags, archive], { cwd: home, maxBuffer: 16 * 1_048_576 });
  if (isReadOnly) protect(join(home, 'node_modules'));
  const isOther = isReadOnly && isRoot;
  if (isOther) chownSync(home, nobody, nobody);
  const { PATH } = process.env;
  return async (...args: string[]) => {
    const program = join(home, 'node_modules', '.bin', 'genesys-warehouse');
    const { stdout } = await run(program, args, {
      cwd: home,
      env: { PATH, HOME: home },
      maxBuffer: 16 * 1_048_576,
      ...(isOther && { uid: nobody, gid: nobody }),
    });
    return stdout;
  };
}

function protect(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) protect(path);
    else if (entry.isFile()) chmodSync(path, 0o555);
  }
  chmodSync(directory, 0o555);
}

describe.each<[string, Installation]>([
  ['as npm does it', {}],
  ['without install scripts', { flags: ['--ignore-scripts'] }],
  ['into a node_modules that nobody may write', { flags: ['--ignore-scripts'], isReadOnly: true }],
])('installed %s', (name, installation) => {
  test('it says its version, shows the demo and answers status', { timeout: 900_000 }, async () => {
    const program = await installed(name.replaceAll(' ', '-'), installation);
    expect((await program('--version')).trim()).toBe(version);
    const demo = await program('demo');
    expect(demo).toContain('Why a wrap-up code is missing');
    // The program was started as a command, so the next one is a command, too.
    expect(demo).toContain('genesys-warehouse demo --keep');
    expect(demo).not.toContain('npm run');
    await program('migrate');
    expect(await program('status')).toContain('Streams');
  });
});

test('without optional packages, as in the image, it starts and says what it needs instead', async () => {
  const program = await installed('without-optional', { flags: ['--omit=optional'] });
  expect((await program('--version')).trim()).toBe(version);
  await expect(program('status')).rejects.toThrow(/DATABASE_URL/);
});
