/** Documents lead somewhere: every relative link names a file that is there, and a heading that it has. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const linesMax = 200;
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].sort();
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

/** Removes code, in which brackets mean something else. */
const prose = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');

function linksOf(text: string): string[] {
  const plain = prose(text);
  const inline = [...plain.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const named = [...plain.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)].map(([, target = '']) => target);
  return [...inline, ...named].filter((target) => !/^(https?|mailto):/.test(target));
}

/** The fragment that GitHub gives a heading. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm)];
  return headings.map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function deadLinks(page: string, text: string): string[] {
  return linksOf(text).filter((target) => {
    const [path = '', fragment] = target.split('#');
    const file = path === '' ? join(root, page) : join(root, dirname(page), path);
    if (!existsSync(file)) return true;
    if (fragment === undefined || statSync(file).isDirectory() || !file.endsWith('.md')) return false;
    return !anchorsOf(readFileSync(file, 'utf8')).includes(fragment);
  });
}

test.each(pages)('every link of %s leads somewhere', (page) => {
  expect(deadLinks(page, textOf(page))).toEqual([]);
});

test('dead files and dead headings are found, code is left alone', () => {
  const text =
    '# A page\n\n[a](nowhere.md) [b](#a-page) [c](#no-page) `[d](x.md)`\n\n```\n[e](y.md)\n```\n\n[f]: z.md\n';
  // As a file that exists, so that its own headings are looked at: the README has no such heading.
  expect(linksOf(text)).toEqual(['nowhere.md', '#a-page', '#no-page', 'z.md']);
  expect(anchorsOf(text)).toEqual(['a-page']);
  expect(deadLinks('README.md', '[a](nowhere.md) [b](#install) [c](#no-such-heading)')).toEqual([
    'nowhere.md',
    '#no-such-heading',
  ]);
});

describe('the index of the documents', () => {
  const index = textOf('docs/README.md');

  test('names every page of docs', () => {
    const own = pages.filter((page) => dirname(page) === 'docs' && page !== join('docs', 'README.md'));
    const missing = own.filter(
      (page) => !linksOf(index).some((target) => target.split('#')[0] === relative('docs', page)),
    );
    expect(missing).toEqual([]);
  });
});

test(`the README has at most ${linesMax} lines`, () => {
  expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(linesMax);
});
