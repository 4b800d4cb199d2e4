// Bundles the dashboard's page into dist/dashboard/public: one script, one style sheet, the document, each also compressed.
// Names of assets hold a digest of their content, so that browsers may cache them permanently.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('../src/dashboard/page/', import.meta.url));
const target = fileURLToPath(new URL('../dist/dashboard/public/', import.meta.url));

await rm(target, { recursive: true, force: true });
await mkdir(`${target}assets`, { recursive: true });

const { outputFiles } = await build({
  entryPoints: [`${source}main.tsx`, `${source}style/page.css`],
  outdir: `${target}assets`,
  entryNames: '[name]-[hash]',
  bundle: true,
  write: false,
  minify: true,
  format: 'esm',
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  tsconfig: fileURLToPath(new URL('../tsconfig.page.json', import.meta.url)),
  legalComments: 'none',
  logLevel: 'warning',
});

const assetOf = (ending) => `assets/${basename(outputFiles.find(({ path }) => path.endsWith(ending)).path)}`;
const document = (await readFile(`${source}index.html`, 'utf8'))
  .replace('{{css}}', assetOf('.css'))
  .replace('{{js}}', assetOf('.js'));
const files = [
  ...outputFiles.map(({ path, contents }) => ({ path, contents: Buffer.from(contents) })),
  { path: `${target}index.html`, contents: Buffer.from(document) },
  { path: `${target}favicon.svg`, contents: await readFile(`${source}favicon.svg`) },
];

for (const { path, contents } of files) {
  const brotli = {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: contents.length },
  };
  await writeFile(path, contents);
  await writeFile(`${path}.br`, await promisify(brotliCompress)(contents, brotli));
  await writeFile(`${path}.gz`, await promisify(gzip)(contents, { level: 9 }));
}
