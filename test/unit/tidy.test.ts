import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

// The rules, as data. A folder is an area; a file right under src may import all that main may.
const fileLinesMax = 300;
const functionLinesMax = 70;
const folderFilesMax = 30;
const rootArea = 'main';
/** Areas that each area may import besides itself. */
const leaves = ['config', 'lib', 'privacy', 'values'];
const imports: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  values: ['lib'],
  privacy: ['lib', 'values'],
  config: ['lib', 'privacy'],
  conversation: ['lib', 'values'],
  model: ['conversation', 'lib', 'values'],
  catalog: ['model', 'lib'],
  genesys: ['lib'],
  sandbox: ['lib'],
  service: ['lib'],
  dashboard: ['model', 'lib'],
  lake: ['model', 'lib', 'values'],
  engine: ['model', 'lib'],
  postgres: ['model', 'conversation', ...leaves],
  streams: ['model', 'genesys', 'conversation', ...leaves],
  wrapup: ['model', 'genesys', ...leaves],
  cli: [
    'model',
    'conversation',
    'genesys',
    'sandbox',
    'engine',
    'postgres',
    'streams',
    'wrapup',
    'service',
    'dashboard',
    'catalog',
    'lake',
    ...leaves,
  ],
  main: ['cli', 'lib'],
};
/** Texts that are allowed only in some places, and why. */
const confined: readonly { what: string; pattern: RegExp; allowed: RegExp; because: string }[] = [
  {
    what: 'process.env',
    pattern: /\bprocess\.env\b/,
    allowed: /^(config\/config|catalog\/metabase-program)\.ts$/,
    because: 'configuration is one pure function of the environment; the other is the text of a program for users',
  },
  {
    what: 'a statement for the database',
    pattern: /[\w)]\.query(<[^(]*>)?\(/,
    allowed: /^postgres\//,
    because: 'SQL is written in one folder, beside the files of sql',
  },
  {
    what: "Genesys' SDK",
    pattern: /['"]purecloud-platform-client-v2['"]/,
    allowed: /^genesys\//,
    because: 'one folder swallows its peculiarities',
  },
  {
    what: 'console',
    pattern: /\bconsole\.\w+\(/,
    // The text of a program for users.
    allowed: /^catalog\/metabase-program\.ts$/,
    because: 'data goes to standard output through the command, everything else through the log',
  },
  {
    what: 'process.stdout',
    pattern: /\bprocess\.stdout\b/,
    allowed: /^(main\.ts|cli\/)/,
    because: 'nothing but data goes to standard output',
  },
  {
    what: 'the clock',
    pattern: /\bnew Date\(\s*\)|\bDate\.now\(/,
    allowed: /^(main\.ts|genesys\/(client|http\/sdk)\.ts|sandbox\/index\.ts)$/,
    because: 'everything else gets the time as an argument',
  },
  {
    what: 'a note to self',
    pattern: /\b(todo|fixme|xxx)\b/i,
    allowed: /^$/,
    because: 'unfinished work is described in the documentation',
  },
];
const migrationName = /^\d{6}_[a-z0-9]+(_[a-z0-9]+)*\.sql$/;
const fileName = /^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.tsx?$/;

interface SourceFile {
  /** Below src, such as `postgres/pool.ts`. */
  readonly path: string;
  readonly lines: readonly string[];
}

const root = join(import.meta.dirname, '../..');
const files: readonly SourceFile[] = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({
    path,
    lines: readFileSync(join(root, 'src', path), 'utf8')
      .trimEnd()
      .split('\n'),
  }));

const paths = new Set(files.map(({ path }) => path));

function areaOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : rootArea;
}

/** Import targets below src, static and dynamic, types included. */
function importsOf(file: SourceFile): string[] {
  const matches = file.lines.join('\n').matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"](\.[^'"]+)['"]/g);
  return [...matches].map(([, target = '']) => {
    const path = normalize(join(dirname(file.path), target)).replace(/\.js$/, '.ts');
    return paths.has(path.replace(/\.ts$/, '.tsx')) ? path.replace(/\.ts$/, '.tsx') : path;
  });
}

function importFaults(file: SourceFile): string[] {
  const area = areaOf(file.path);
  const allowed = [area, ...(imports[area] ?? [])];
  return importsOf(file)
    .filter((target) => !allowed.includes(areaOf(target)))
    .map((target) => `${file.path} imports ${target}: ${area} may import only ${allowed.join(', ')}`);
}

/** Folders of which the files are too many to take in at a glance. */
function fullFolders(all: readonly SourceFile[]): string[] {
  const counts = new Map<string, number>();
  for (const { path } of all) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > folderFilesMax)
    .map(([folder, count]) => `${folder} has ${count} files`);
}

/** Ways that lead from a file through imports back to it; each import is followed once. */
function importCircles(all: readonly SourceFile[]): string[] {
  const targets = new Map(all.map((file) => [file.path, importsOf(file)]));
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): string[] => {
    if (way.includes(path)) return [[...way.slice(way.indexOf(path)), path].join(' -> ')];
    if (done.has(path)) return [];
    const found = (targets.get(path) ?? []).flatMap((target) => visit(target, [...way, path]));
    done.add(path);
    return found;
  };
  return all.flatMap(({ path }) => visit(path, []));
}

const notFunctions = /^\s*(if|for|while|switch|catch|return|await|throw|else|do|new)\b/;
/** A function or method with its body's brace on the line, the end of a header of several lines, or an arrow with a body. */
const functionStart = /^\s*(?:(?:export |default |async )*function\b|[^='"`]*\w\(.*\).*\{$|\).*\{$|.*=> \{$)/;

/** By indentation, which the formatter guarantees: a function ends at the first `}` below its own first column. */
function longFunctions(file: SourceFile): string[] {
  return file.lines.flatMap((line, start) => {
    if (notFunctions.test(line) || !functionStart.test(line)) return [];
    const indent = /^\s*/.exec(line)?.[0] ?? '';
    const length = file.lines.slice(start + 1).findIndex((next) => next.startsWith(`${indent}}`)) + 2;
    return length > functionLinesMax ? [`${file.path}:${start + 1} is a function of ${length} lines`] : [];
  });
}

function confinedFaults(file: SourceFile): string[] {
  return confined
    .filter(({ allowed }) => !allowed.test(file.path))
    .flatMap(({ what, pattern, because }) =>
      file.lines
        .map((line, index) => ({ line, at: `${file.path}:${index + 1}` }))
        // A comment may speak of what code may not do, except of what is left to do.
        .filter(({ line }) => pattern.test(pattern.flags.includes('i') ? line : line.replace(/^\s*(\/\/|\/?\*).*/, '')))
        .map(({ at }) => `${at} has ${what}: ${because}`),
    );
}

describe('the source is tidy', () => {
  test('every folder has its import rule', () => {
    expect([...new Set(files.map(({ path }) => areaOf(path)))].filter((area) => imports[area] === undefined)).toEqual(
      [],
    );
  });

  test('imports point one way', () => {
    expect(files.flatMap(importFaults)).toEqual([]);
  });

  test('no file leads back to itself through its imports, types included', () => {
    expect(importCircles(files)).toEqual([]);
  });

  test(`no folder has more than ${folderFilesMax} files of its own`, () => {
    expect(fullFolders(files)).toEqual([]);
  });

  test(`no file is longer than ${fileLinesMax} lines`, () => {
    const long = files.filter(({ lines }) => lines.length > fileLinesMax);
    expect(long.map(({ path, lines }) => `${path} has ${lines.length} lines`)).toEqual([]);
  });

  test(`no function is longer than ${functionLinesMax} lines`, () => {
    expect(files.flatMap(longFunctions)).toEqual([]);
  });

  test('file names are kebab-case', () => {
    expect(files.map(({ path }) => path).filter((path) => !fileName.test(path.split('/').at(-1) ?? ''))).toEqual([]);
  });

  test('text that belongs in one place is nowhere else', () => {
    expect(files.flatMap(confinedFaults)).toEqual([]);
  });

  test('migrations are numbered without gaps', () => {
    const names = readdirSync(join(root, 'migrations')).sort();
    expect(names.filter((name) => !migrationName.test(name))).toEqual([]);
    expect(names.map((name) => Number(name.slice(0, 6)))).toEqual(names.map((_, index) => index + 1));
  });
});

describe('the rules catch what they are for', () => {
  const sample = (path: string, ...lines: string[]): SourceFile => ({ path, lines });

  test('an import against the arrows, also a dynamic one', () => {
    expect(importFaults(sample('engine/x.ts', "import { a } from '../postgres/pool.js';"))).toHaveLength(1);
    expect(importFaults(sample('streams/x.ts', "const a = await import('../sandbox/index.js');"))).toHaveLength(1);
    expect(importFaults(sample('config/config.ts', "import type { A } from '../model/extraction.js';"))).toHaveLength(
      1,
    );
    expect(
      importFaults(sample('engine/x.ts', "import { a } from '../lib/log.js';", "import b from './y.js';")),
    ).toEqual([]);
  });

  test('a circle of imports, however long', () => {
    const circle = [
      sample('engine/a.ts', "import { b } from './b.js';"),
      sample('engine/b.ts', "import type { C } from './c.js';", "import { d } from './d.js';"),
      sample('engine/c.ts', "import { b } from './b.js';"),
    ];
    expect(importCircles(circle)).toEqual(['engine/b.ts -> engine/c.ts -> engine/b.ts']);
    expect(importCircles(circle.slice(0, 2))).toEqual([]);
  });

  test('a folder with too many files, but not one with sub-folders', () => {
    const folder = (name: string) =>
      Array.from({ length: folderFilesMax }, (_, index) => sample(`${name}/f${index}.ts`));
    expect(fullFolders([...folder('engine'), ...folder('engine/sub')])).toEqual([]);
    expect(fullFolders([...folder('engine'), sample('engine/one-more.ts')])).toEqual(['engine has 31 files']);
  });

  test('a function that is too long, in each of its forms', () => {
    const body = Array.from({ length: functionLinesMax }, () => '  step();');
    for (const head of ['export async function f() {', 'const f = () => {', 'const f = async (x) => {']) {
      expect(longFunctions(sample('x.ts', head, ...body, '}'))).toHaveLength(1);
      expect(longFunctions(sample('x.ts', head, ...body.slice(2), '}'))).toEqual([]);
    }
    const header = ['function f(', '  x: number,', '): void {', ...body, '}'];
    expect(longFunctions(sample('x.ts', ...header)).length).toBeGreaterThan(0);
    const method = ['class A {', '  run(x: number): void {', ...body.map((line) => `  ${line}`), '  }', '}'];
    expect(longFunctions(sample('x.ts', ...method))).toHaveLength(1);
    const data = ['const rows = [', ...body.map(() => "  row('a', 1),"), '];'];
    expect(longFunctions(sample('x.ts', ...data))).toEqual([]);
  });

  test('the clock, the console, the environment and notes to self', () => {
    const lines = [
      'const a = new Date();',
      'console.log(a);',
      'f(process.env.HOME);',
      '// TODO later',
      '// not new Date()',
    ];
    expect(confinedFaults(sample('engine/x.ts', ...lines))).toHaveLength(4);
  });

  test('a statement outside the folder of SQL', () => {
    const lines = [
      "await pool.query('select 1');",
      'const { rows } = await client.query<{ id: string }>(',
      'query(x);',
    ];
    expect(confinedFaults(sample('cli/x.ts', ...lines))).toHaveLength(2);
    expect(confinedFaults(sample('postgres/ledger/x.ts', ...lines))).toEqual([]);
  });
});
