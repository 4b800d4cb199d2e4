import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../lib/errors.js';

/** Locates the built page; the path is valid from the sources and from the built program. */
const directory = fileURLToPath(new URL('../../dist/dashboard/public/', import.meta.url));

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** In the order in which they are preferred; the build has made a file for each. */
const encodings = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const;

export interface Asset {
  readonly contentType: string;
  readonly content: Buffer;
  /** By the name of the content encoding. */
  readonly compressed: ReadonlyMap<string, Buffer>;
  /** True when its name contains a digest of its content, so that it may be cached permanently. */
  readonly isLasting: boolean;
}

/** All files of the page by their path, in memory: what is not among them does not exist for the server. */
export async function readAssets(from = directory): Promise<ReadonlyMap<string, Asset>> {
  const names = await readdir(from, { recursive: true }).catch(() => []);
  const files = new Map<string, Buffer>();
  for (const name of names.map((each) => each.replaceAll('\\', '/'))) {
    if (/\.\w+$/.test(name)) files.set(name, await readFile(from + name));
  }
  const assets = [...files].flatMap(([name, content]): [string, Asset][] => {
    const contentType = contentTypes[extname(name)];
    return contentType === undefined ? [] : [[`/${name}`, assetOf(name, content, contentType, files)]];
  });
  if (assets.length === 0) throw new UsageError(`The page is not built (nothing in ${from}). Run npm run build.`);
  return new Map(assets);
}

function assetOf(name: string, content: Buffer, contentType: string, files: ReadonlyMap<string, Buffer>): Asset {
  const compressed = encodings.flatMap(({ name: encoding, ending }): [string, Buffer][] => {
    const made = files.get(name + ending);
    return made === undefined ? [] : [[encoding, made]];
  });
  return { contentType, content, compressed: new Map(compressed), isLasting: name.startsWith('assets/') };
}

/** The smallest form that the client takes. */
export function assetResponse(asset: Asset, acceptEncoding: string): Response {
  const accepted = acceptEncoding.split(',').map((part) => part.trim().split(';')[0]);
  const encoding = encodings.find(({ name }) => accepted.includes(name) && asset.compressed.has(name))?.name;
  const body = encoding === undefined ? asset.content : (asset.compressed.get(encoding) ?? asset.content);
  return new Response(new Uint8Array(body), {
    headers: {
      'content-type': asset.contentType,
      'content-length': String(body.length),
      'cache-control': asset.isLasting ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    },
  });
}
