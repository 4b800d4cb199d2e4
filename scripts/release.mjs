// A release is one command: `node scripts/release.mjs make 0.2.0`, in a clean tree of main whose long suite has passed. It
// 1. cuts the changelog: what is listed under Pending becomes the section of the version;
// 2. sets the version in package.json, in the lock file and in the Helm chart;
// 3. builds, and stores a populated database of this version, test/long/upgrades/0.2.0.sql.gz, which every later one must migrate;
// 4. commits all of it and makes an annotated tag v0.2.0 whose text is the section.
// What is left is `git push --follow-tags`: .github/workflows/release.yml proves, packs and publishes.
// Where main takes no commits without a review, `cut VERSION` does all of it but the tag, and `tag VERSION` adds that later.
// `check VERSION` says whether a tree is such a release; `notes VERSION` prints its section.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pending = '## Pending';

/** The changelog with the section of a version on top, under an empty Pending. Throws where there is nothing to release. */
export function cutChangelog(text, version, day) {
  const start = text.indexOf(`${pending}\n`);
  if (start < 0) throw new Error(`CHANGELOG.md has no "${pending}". Add it.`);
  const begin = start + pending.length + 1;
  const next = text.indexOf('\n## ', begin);
  const end = next < 0 ? text.length : next + 1;
  const changes = text.slice(begin, end).trim();
  if (changes === '') throw new Error('Nothing is pending in CHANGELOG.md. There is nothing to release.');
  if (text.includes(`\n## ${version} `)) throw new Error(`CHANGELOG.md has a section for ${version}.`);
  return `${text.slice(0, begin)}\n## ${version} (${day})\n\n${changes}\n${end < text.length ? '\n' : ''}${text.slice(end)}`;
}

/** The text of a version's section. Throws where there is none. */
export function notesOf(text, version) {
  const heading = new RegExp(`^## ${version.replaceAll('.', '\\.')} \\(\\d{4}-\\d{2}-\\d{2}\\)$`, 'm').exec(text);
  if (heading === null) throw new Error(`CHANGELOG.md has no section for ${version}.`);
  const begin = heading.index + heading[0].length;
  const next = text.indexOf('\n## ', begin);
  return text.slice(begin, next < 0 ? text.length : next).trim();
}

/** The text of a Helm chart with another version, of itself and of the program. */
export function withChartVersion(text, version) {
  return text.replace(/^version: .*$/m, `version: ${version}`).replace(/^appVersion: .*$/m, `appVersion: "${version}"`);
}

/** Returns whether one version of the form 1.2.3 comes after another. */
export function isLater(version, than) {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  const place = a.findIndex((number, index) => number !== b[index]);
  return place >= 0 && a[place] > b[place];
}

const read = (path) => readFileSync(`${root}${path}`, 'utf8');
const manifestVersion = () => JSON.parse(read('package.json')).version;
const chartFile = 'deploy/helm/genesys-warehouse/Chart.yaml';
const dumpOf = (version) => `test/long/upgrades/${version}.sql.gz`;

function run(program, ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} failed: ${`${stderr}${stdout}`.trim().slice(-2_000)}`);
  return stdout.trim();
}

function make(version) {
  cut(version);
  tag(version);
}

function cut(version) {
  if (run('git', 'status', '--porcelain') !== '') throw new Error('The tree has changes. Commit or remove them.');
  const current = manifestVersion();
  if (!isLater(version, current)) throw new Error(`${version} does not come after ${current}.`);
  if (existsSync(`${root}${dumpOf(version)}`))
    throw new Error(`${dumpOf(version)} exists, and such a file never changes.`);
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(`${root}CHANGELOG.md`, cutChangelog(read('CHANGELOG.md'), version, day));
  run('npm', 'version', version, '--no-git-tag-version');
  writeFileSync(`${root}${chartFile}`, withChartVersion(read(chartFile), version));
  run('npm', 'run', 'build');
  run('npx', 'tsx', 'test/long/upgrades/store-release.ts', version);
  const faults = releaseFaults(version);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  run('git', 'add', 'CHANGELOG.md', 'package.json', 'package-lock.json', chartFile, dumpOf(version));
  run('git', 'commit', '--message', `Release ${version}`);
  console.log(`${version} is committed. Tag it: node scripts/release.mjs tag ${version}`);
}

/** Tags the commit that is checked out. Throws where it is not the release of the version. */
function tag(version) {
  check(version);
  // Lines that begin with # are headings here, not comments of git.
  run(
    'git',
    'tag',
    '--annotate',
    `v${version}`,
    '--cleanup=whitespace',
    '--message',
    `genesys-warehouse ${version}\n\n${notesOf(read('CHANGELOG.md'), version)}`,
  );
  console.log(`v${version} is tagged. Publish it: git push --follow-tags`);
}

/** Lists what a tree lacks to be the release of a version. */
function releaseFaults(version) {
  const lock = JSON.parse(read('package-lock.json'));
  const versions = {
    'package.json': manifestVersion(),
    'package-lock.json': lock.version,
    'its root': lock.packages[''].version,
  };
  const faults = Object.entries(versions)
    .filter(([, found]) => found !== version)
    .map(([place, found]) => `${place} has ${found}, not ${version}.`);
  if (withChartVersion(read(chartFile), version) !== read(chartFile)) faults.push(`${chartFile} has another version.`);
  if (!existsSync(`${root}${dumpOf(version)}`)) faults.push(`${dumpOf(version)} is missing.`);
  try {
    notesOf(read('CHANGELOG.md'), version);
  } catch (error) {
    faults.push(error.message);
  }
  return faults;
}

function check(version) {
  const faults = releaseFaults(version);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  console.log(`This tree is the release ${version}.`);
}

const commands = { make, cut, tag, check, notes: (version) => console.log(notesOf(read('CHANGELOG.md'), version)) };

if (process.argv[1]?.endsWith('release.mjs')) {
  const [name, version = ''] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  try {
    if (command === undefined || !/^\d+\.\d+\.\d+$/.test(version))
      throw new Error('Use: node scripts/release.mjs make|cut|tag|check|notes 0.2.0');
    command(version);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
