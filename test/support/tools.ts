/** Packages of npm that only one test of the long suite needs. Fetched the first time; they survive `npm ci`. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../../.test-tools/', import.meta.url));

/** Returns the folder of an installed package such as `kubernetes-models@5.1.0`, with its dependencies beside it. */
export async function installTool(spec: string): Promise<string> {
  const name = spec.slice(0, spec.lastIndexOf('@'));
  const home = join(directory, spec.replaceAll('/', '+'));
  const packageDirectory = join(home, 'node_modules', name);
  if (existsSync(packageDirectory)) return packageDirectory;
  await mkdir(directory, { recursive: true });
  const unfinished = await mkdtemp(join(directory, 'unfinished-'));
  const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
  const { status, stderr } = spawnSync('npm', ['install', '--prefix', unfinished, ...flags, spec], {
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`${spec} could not be installed: ${String(stderr).trim()}`);
  await rename(unfinished, home).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(packageDirectory)) throw error;
  });
  return packageDirectory;
}
