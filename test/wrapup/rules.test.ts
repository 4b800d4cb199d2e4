import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/lib/errors.js';
import { parseRules } from '../../src/wrapup/rules/rules.js';
import { rulesJsonSchema } from '../../src/wrapup/rules/rules-schema.js';

const docs = join(import.meta.dirname, '../../docs');

const faultsOf = (text: string): string[] => {
  try {
    parseRules(text, 'rules.yaml');
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message.split('\n');
  }
};

const rule = (when: string, set = 'code: General') =>
  `version: 1\nrules:\n  - name: a\n    when: ${when}\n    set: { ${set} }\n`;

test('the published JSON Schema is the one that files are read by', async () => {
  // To publish a change: npx vitest run test/wrapup/rules.test.ts --update
  await expect(`${JSON.stringify(rulesJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    join(docs, 'wrapup-rules.schema.json'),
  );
});

test('the example is a rules file', () => {
  const { rules, writeback } = parseRules(readFileSync(join(docs, 'wrapup-rules.example.yaml'), 'utf8'), 'example');
  expect(rules.map((each) => each.name)).toContain('unhappy customers');
  expect(writeback?.writesPerRunMax).toBe(50);
});

test.each(['wrapup.md', '../README.md'])('the rules in %s are a rules file', (name) => {
  const blocks = [...readFileSync(join(docs, name), 'utf8').matchAll(/```yaml\n(version: 1\n[\s\S]*?)```/g)];
  expect(blocks.length).toBeGreaterThan(0);
  for (const [, text = ''] of blocks) expect(faultsOf(text)).toEqual([]);
});

describe('a faulty file', () => {
  test('names every fault with its line and column', () => {
    const text = [
      'version: 2',
      'rules:',
      '  - name: first',
      '    when:',
      '      cuase: acw_timeout',
      '      cause: ivr_only',
      '      survey:',
      '        promoterScore: { atLest: 3, atMost: high }',
      '      age: { atLeast: 3 }',
      '    set: {}',
      '  - name: first',
      '    set: { code: General, note: "{foo}" }',
    ].join('\n');
    expect(faultsOf(text)).toEqual([
      'rules.yaml:1:10 version is "2"; use 1',
      'rules.yaml:5:7 "cuase" is not known here; correct or remove it',
      expect.stringMatching(/^rules\.yaml:6:14 cause is "ivr_only"; use acw_timeout, .* or unexplained$/),
      'rules.yaml:8:26 "atLest" is not known here; correct or remove it',
      'rules.yaml:8:45 atMost is "high"; write a number',
      'rules.yaml:9:23 atLeast is not a duration; use one such as 30s, 15m, 2h or 3d',
      'rules.yaml:10:10 code is missing; write a text',
    ]);
  });

  test.each([
    ['', ['rules.yaml:1:1 version is missing; use 1', 'rules.yaml:1:1 rules is missing; write a list']],
    ['version: 1\nrules: []\n', ['rules.yaml:2:8 rules has no values; write at least one']],
    [rule('{ survey: {} }'), ['rules.yaml:4:21 survey says nothing; name at least one condition']],
    [rule('{ queue: 3 }'), ['rules.yaml:4:20 queue is "3", which is not allowed here']],
    [
      'version: 1\nrules:\n  - { name: a, set: { code: A } }\n  - { name: a, set: { code: B } }\n',
      ['rules.yaml:4:13 name "a" is used twice; rename one'],
    ],
    [
      rule('{}', 'code: General, note: "{foo}"'),
      [expect.stringMatching(/^rules\.yaml:5:33 note has "\{foo\}", which is unknown/)],
    ],
  ])('%j', (text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  test.each(['a: [', 'a: 1\na: 2', '- *x', '!!js/function x'])(
    'that is not YAML, such as %j, is refused with its place',
    (text) => {
      expect(faultsOf(text)[0]).toMatch(/^rules\.yaml:\d+:\d+ /);
    },
  );

  test('that unfolds into more than any person writes is refused', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`)}]`),
    ];
    expect(() => parseRules(bomb.join('\n'), 'rules.yaml')).toThrow(UsageError);
  });
});

describe('the version of a rule', () => {
  const versionOf = (text: string) => parseRules(text, 'rules.yaml').rules[0]?.version;
  const first = rule('{ queue: Sales, media: voice }');

  test('is the same for the same meaning, wherever and however it is written', () => {
    const other =
      'version: 1\nrules:\n  - set:\n      code: General\n    description: new words\n    name: a\n    when:\n      media: voice\n      queue: Sales\n';
    expect(versionOf(other)).toBe(versionOf(first));
  });

  test.each([
    rule('{ queue: Sales }'),
    rule('{ queue: Sales, media: voice }', 'code: Other'),
    first.replace('name: a', 'name: b'),
  ])('is another for %j', (text) => {
    expect(versionOf(text)).not.toBe(versionOf(first));
  });
});
