/*
 * What docs/guarantees.md promises can be looked up: each test that it names is there under that name, and each setting
 * and each time has the value that the code and `infra` demand.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
const doc = textOf('docs/guarantees.md');

const sectionOf = (heading: string): string => {
  const found = doc.split(/^## /m).find((section) => section.startsWith(heading));
  if (found === undefined) throw new Error(`docs/guarantees.md has no section ${heading}`);
  return found;
};

const cellsOf = (row: string): string[] => {
  const cells = row.slice(1, -1).split('|');
  return cells.map((cell) => cell.trim());
};

const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map(cellsOf);

/* Tests. */

type Cited = { readonly key: string; readonly file: string; readonly title: string };

const citationForm = /^\| ([A-Z]\d+) \| `([^`]+)` › (?:'(.*)'|"(.*)") \|$/gm;
const listed = sectionOf('11. ');
const cited: Cited[] = [...listed.matchAll(citationForm)].map(([, key = '', file = '', single, double = '']) => ({
  key,
  file,
  title: single ?? double,
}));
const keys = cited.map(({ key }) => key);

/** A title stands first among what a test, or a group of tests, is given; a fault of chaos has it as its kind. */
const titled = /(?:\b(?:test|describe)\w*|\)|\bonThose)\(\s*$|\bkind: $/;

/** Does something there have this title, as it is written? */
const hasTitle = (source: string, title: string): boolean =>
  [...`'"\``].some((quote) => {
    const before = source.split(`${quote}${title}${quote},`).slice(0, -1);
    return before.some((text) => titled.test(text));
  });

describe('the tests behind the promises', () => {
  test('every test that it names is there', () => {
    expect(cited.length).toBeGreaterThan(90);
    expect(cited.filter(({ file, title }) => !hasTitle(textOf(file), title))).toEqual([]);
  });

  test('one that has another name is missed', () => {
    const source = "test('is kept', () => 1);\ntest.each([{ why: 'is a row' }])('is kept: $why', () => 1);";
    expect(['is kept', 'is kept: $why'].map((title) => hasTitle(source, title))).toEqual([true, true]);
    expect(['is kep', 'is a row', 'is lost'].map((title) => hasTitle(source, title))).toEqual([false, false, false]);
  });

  test('every row of the list names a test, and each by letters of its own', () => {
    const rows = rowsOf(listed).filter(([key = '']) => /^[A-Z]\d+$/.test(key));
    expect(keys).toEqual(rows.map(([key]) => key));
    expect(keys).toEqual([...new Set(keys)]);
  });

  test('every name that a promise gives is in the list, and every one of the list is given', () => {
    const given = new Set(doc.replace(listed, '').match(/\b[A-Z]\d{1,2}\b/g));
    expect([...given].filter((key) => !keys.includes(key))).toEqual([]);
    expect(keys.filter((key) => !given.has(key))).toEqual([]);
  });

  test('every fault says by which test it is shown, or that there is none', () => {
    const faults = rowsOf(sectionOf('5. ')).filter((cells) => !/^fault$|^---/.test(cells[0] as string));
    expect(faults.length).toBeGreaterThan(35);
    expect(faults.filter((cells) => cells.length !== 5 || !/\b[A-Z]\d|^no test/.test(cells[4] as string))).toEqual([]);
  });
});

/* Settings. */

const settings = sectionOf('6. ');
type Config = Readonly<Record<string, string>>;
type Topics = {
  readonly defaults: { readonly replicationFactor: number; readonly config: Config };
  readonly topics: readonly { readonly name: string; readonly config: Config }[];
};
const { defaults, topics } = JSON.parse(textOf('infra/kafka/topics.json')) as Topics;
const ofAll: Config = { ...defaults.config, replicationFactor: `${defaults.replicationFactor}` };

const demanded = (topic: string, setting: string): string | undefined => {
  const own = topic === 'all' ? {} : topics.find(({ name }) => name === topic)?.config;
  return own && { ...ofAll, ...own }[setting];
};

const topicRows = [...settings.matchAll(/^\| (?:`(alo\.[\w.-]+)`|all) \| `([\w.]+)=([\w.-]+)` \| ([^|]+) \|/gm)].map(
  ([, topic = 'all', setting = '', value = '', by = '']) => ({ topic, setting, value, by }),
);

describe('the settings of Kafka', () => {
  test('are told of every topic, as alo topics create makes them', () => {
    expect(topicRows.length).toBeGreaterThan(10);
    expect(topicRows.filter(({ topic, setting, value }) => demanded(topic, setting) !== value)).toEqual([]);
  });

  test('are all that are set for every topic, and all of journal and receipts that decide', () => {
    const told = topicRows.filter(({ topic }) => topic === 'all').map(({ setting }) => setting);
    expect([...told, 'cleanup.policy'].toSorted()).toEqual(Object.keys(ofAll).toSorted());
    const journal = topicRows.filter(({ topic }) => topic === 'alo.journal.v1').map(({ setting }) => setting);
    const own = topics.find(({ name }) => name === 'alo.journal.v1')?.config ?? {};
    expect(journal.toSorted()).toEqual([...Object.keys(own), 'cleanup.policy'].toSorted());
  });

  test('that an engine refuses to run without are those that its code looks at', () => {
    const code = textOf('packages/runtime/src/kafka/journal-topics.ts');
    const looked = [...code.matchAll(/topic: (journal|receipts),\s+name: '([\w.]+)',\s+must: '(\w+)'/g)].map(
      ([, topic, setting, must]) => `alo.${topic}.v1 ${setting}=${must}`,
    );
    const told = topicRows
      .filter(({ by }) => /\bengine\b/.test(by))
      .map(({ topic, setting, value }) => `${topic} ${setting}=${value}`);
    expect(looked.length).toBeGreaterThan(0);
    expect(told.toSorted()).toEqual(looked.toSorted());
  });
});

test('the settings of Redis are those of infra/redis/redis.conf', () => {
  const conf = textOf('infra/redis/redis.conf').split('\n');
  const told = [...settings.matchAll(/^\| `([a-z-]+ [a-z]+)` \|/gm)].map(([, line = '']) => line);
  expect(told.length).toBeGreaterThan(3);
  expect(told.filter((line) => !conf.includes(line))).toEqual([]);
});

test('the oldest version of Redis is the one that the code refuses to go below', () => {
  const code = textOf('packages/runtime/src/redis/redis-problems.ts');
  const least = ['majorMin', 'minorMin'].map((name) => new RegExp(`${name} = (\\d+)`).exec(code)?.[1]).join('.');
  expect(/^\| version ([\d.]+) or later/m.exec(settings)?.[1]).toBe(least);
});

/** The last number of the line in which a name is given its value. */
const valueIn = (file: string, name: string): number => {
  const line = textOf(file)
    .split('\n')
    .find((one) => new RegExp(`\\b${name}(?: =|:)`).test(one));
  const numbers = line?.match(/\d[\d_]*/g);
  return Number(numbers?.at(-1)?.replaceAll('_', ''));
};

test('times and bounds are those of the code', () => {
  const told = [...settings.matchAll(/^\| .* \| (\d+) (?:ms|records) \| `(\w+)` in `([^`]+)` \|$/gm)];
  expect(told.length).toBeGreaterThan(6);
  expect(told.map(([, value, name]) => [name, Number(value)])).toEqual(
    told.map(([, , name = '', file = '']) => [name, valueIn(file, name)]),
  );
});

test('how long an event counts once is what a policy may say', () => {
  const code = textOf('packages/contracts/src/policy/policy.ts');
  const most = /must be at most (P\d+D)/.exec(code)?.[1];
  const usual = /lateness: durationText[^;]*?\.default\('(P\d+D)'\)/s.exec(code)?.[1];
  const counted = sectionOf('3. ');
  expect([usual, most].map((span) => counted.includes(`\`${span}\``))).toEqual([true, true]);
});
