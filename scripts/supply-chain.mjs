// Writes what a release states about everything that is installed with the program: `node scripts/supply-chain.mjs FOLDER` makes sbom.json
// (CycloneDX) and licences.csv there. Fails where the lock file does not fit package.json, where a package is not from the registry with a
// digest, or where a licence is none of those that permit this use.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const permissive =
  /^\(?(MIT|MIT-0|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|BlueOak-1\.0\.0|Python-2\.0|CC0-1\.0|Unlicense|PostgreSQL)\b/;

/** Packages of a lock file that are installed with the program, as `{ name, version, licence, integrity, resolved }`. */
export function installedPackages(lock) {
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && entry.dev !== true && entry.devOptional !== true)
    .map(([path, { version, license = '', integrity, resolved }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence: license,
      integrity,
      resolved,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Sentences about packages that a release must not have. */
export function faultsOf(packages) {
  return packages.flatMap(({ name, version, licence, integrity }) => [
    ...(integrity?.startsWith('sha512-') ? [] : [`${name} ${version} has no digest in the lock file.`]),
    ...(permissive.test(licence) ? [] : [`${name} ${version} has the licence ${licence || 'none'}. Look at it.`]),
  ]);
}

/** Sentences about dependencies that the lock file has otherwise than package.json. */
export function lockFaults(manifest, lock) {
  const root = lock.packages[''];
  return ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((kind) => {
    const [wanted, locked] = [manifest[kind] ?? {}, root[kind] ?? {}];
    return Object.keys({ ...wanted, ...locked })
      .filter((name) => wanted[name] !== locked[name])
      .map(
        (name) =>
          `${name} is ${wanted[name] ?? 'absent'} in package.json and ${locked[name] ?? 'absent'} in the lock file.`,
      );
  });
}

const read = (name) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const quoted = (text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function main(folder) {
  const [manifest, lock] = [read('package.json'), read('package-lock.json')];
  const packages = installedPackages(lock);
  const faults = [...lockFaults(manifest, lock), ...faultsOf(packages)];
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) return 1;
  const { stdout, stderr, status } = spawnSync(
    'npm',
    ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev', '--package-lock-only'],
    {
      cwd: new URL('..', import.meta.url),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) {
    console.error(`npm sbom failed: ${stderr.trim()}`);
    return 1;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/sbom.json`, stdout);
  const rows = packages.map(({ name, version, licence }) => [name, version, licence].map(quoted).join(','));
  writeFileSync(`${folder}/licences.csv`, `${['name,version,licence', ...rows].join('\n')}\n`);
  console.log(`${packages.length} packages: ${folder}/sbom.json, ${folder}/licences.csv`);
  return 0;
}

if (process.argv[1]?.endsWith('supply-chain.mjs')) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) console.error('Name a folder: node scripts/supply-chain.mjs artefacts');
  process.exitCode = folder === undefined ? 2 : main(folder);
}
