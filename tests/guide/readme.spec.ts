/*
 * What the docs show is true. Each snippet of JSON and TypeScript is in a chapter, which runs; each command is one; what
 * the README says comes out does; and the files that are named are there.
 */
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { eventNames } from '@alo/contracts';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { clockFields } from '../../services/clock/src/config.ts';
import { engineFields } from '../../services/engine/src/config.ts';
import { intakeFields } from '../../services/intake/src/config.ts';
import { alo, root, scratchFolder, shell } from '../cli/alo-process.ts';

/* Programs are started, and a machine may be busy. */
jest.setTimeout(60_000);

const docs = [
  ...['README.md', 'ARCHITECTURE.md', 'DECISIONS.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/semantics.md'],
  ...['docs/guarantees.md', 'docs/operations.md', 'docs/telemetry.md', 'infra/kafka/README.md'].filter((doc) =>
    existsSync(join(root, doc)),
  ),
  ...['mobifone', 's-fone', 'viettel', 'vinaphone'].map((name) => `docs/programmes/${name}.md`),
];
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

type Snippet = { readonly doc: string; readonly language: string; readonly text: string };

/** What stands between fences, in the order of the docs. */
const snippets = docs.flatMap((doc): Snippet[] =>
  [...textOf(doc).matchAll(/^ *```([a-z]*)\n(.*?)^ *```$/gms)].map(([, language = '', text = '']) => ({
    doc,
    language,
    text,
  })),
);
const snippetsOf = (doc: string, language: string) =>
  snippets.filter((snippet) => snippet.doc === doc && snippet.language === language).map(({ text }) => text);

/** A formatter may break lines elsewhere, so white space does not count. */
const withoutSpace = (text: string) => text.replace(/\s+/g, '');

const chapters = readdirSync(import.meta.dirname).filter((file) => /^\d\d-.*\.spec\.ts$/.test(file));
const told = chapters.map((file) => withoutSpace(readFileSync(join(import.meta.dirname, file), 'utf8')));
const shown = snippets.filter(({ language }) => language === 'json' || language === 'ts');

test.each(shown.map((snippet, n) => ({ ...snippet, number: n + 1 })))(
  'snippet $number, $language of $doc, is in a chapter',
  ({ text }) => {
    expect(told.some((chapter) => chapter.includes(withoutSpace(text)))).toBe(true);
  },
);

test('the chapters are numbered without a gap', () => {
  expect(chapters.map((file) => Number(file.slice(0, 2)))).toEqual(chapters.map((_, n) => n + 1));
});

/* Commands. */

const commands = [
  ...['run', 'rank', 'simulate', 'demo'],
  ...['policy check', 'policy hash', 'policy explain', 'policy lint', 'policy publish'],
  ...['topics create', 'topics check', 'doctor', 'tail', 'state', 'send'],
];
type Usage = { readonly options: ReadonlyMap<string, boolean>; readonly arguments: number };
const usages = new Map<string, Usage>();

/** What a command's help says: its options, whether each takes a value, and how many arguments there are. */
const usageOf = (help: string): Usage => ({
  options: new Map(
    [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)( <)?/gm)].map(([, name = '', value]) => [name, !!value]),
  ),
  arguments: [...(help.split('\n')[0] as string).matchAll(/ <\w+>/g)].length,
});

beforeAll(async () => {
  const helps = await Promise.all(commands.map((command) => alo([...command.split(' '), '--help'])));
  helps.forEach(({ stdout }, n) => {
    usages.set(commands[n] as string, usageOf(stdout));
  });
});

/** The calls of alo in lines of shell, each as its words. */
const callsIn = (script: string): string[][] =>
  script
    .split(/\n|&&|\|/)
    .map((part) =>
      part
        .replace(/ [<>] *\S+/g, '')
        .trim()
        .split(/\s+/),
    )
    .map((words) => (words[0] === 'npx' ? words.slice(1) : words))
    .flatMap((words) => (words[0] === 'alo' ? [words.slice(1)] : []));

/** What is wrong with a call, in words. */
const faultOf = (words: readonly string[]): string | undefined => {
  const command = commands.find((name) => words.slice(0, name.split(' ').length).join(' ') === name);
  const usage = command && usages.get(command);
  if (!command || !usage) return `there is no command ${words[0]}`;
  const rest = words.slice(command.split(' ').length);
  let given = 0;
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] as string;
    if (!word.startsWith('--')) {
      given += 1;
      continue;
    }
    const takesValue = usage.options.get(word);
    if (takesValue === undefined) return `${command} has no option ${word}`;
    if (takesValue) at += 1;
    if (at >= rest.length) return `${word} needs a value`;
  }
  return given === usage.arguments ? undefined : `${command} takes ${usage.arguments} arguments, not ${given}`;
};

const calls = snippets
  .filter(({ language }) => language === 'sh')
  .flatMap(({ doc, text }) => callsIn(text).map((words) => ({ doc, words, line: words.join(' ') })));

test.each(calls)('$doc shows a command that there is: alo $line', ({ words }) => {
  expect(faultOf(words)).toBeUndefined();
});

test('a command that there is not is found', () => {
  expect(callsIn('cat x | npx alo run --fast > y && alo fly')).toEqual([['run', '--fast'], ['fly']]);
  expect(faultOf(['run', '--fast'])).toBe('run has no option --fast');
  expect(faultOf(['run', '--policy'])).toBe('--policy needs a value');
  expect(faultOf(['policy', 'check'])).toBe('policy check takes 1 arguments, not 0');
  expect(faultOf(['fly'])).toBe('there is no command fly');
});

test('the README has a row for every option of run', () => {
  const rows = [...textOf('README.md').matchAll(/^\| `(--[a-z-]+)/gm)].map(([, name]) => name);
  const options = [...(usages.get('run') as Usage).options.keys()].filter((name) => name !== '--help');
  expect(rows.toSorted()).toEqual(options.toSorted());
});

test('the README has a row for every variable that a service is told by', () => {
  const rows = [...textOf('README.md').matchAll(/^\| (`[A-Z_`, ]+`) \| (?:all|services|engine|intake|clock)/gm)];
  const told = rows.flatMap(([, names = '']) => [...names.matchAll(/[A-Z_]+/g)].map(([name]) => name));
  const known = [engineFields, intakeFields, clockFields].flatMap((fields) => Object.keys(fields));
  expect(told.toSorted()).toEqual([...new Set(known)].toSorted());
});

test('the semantics have a row for every type of event', () => {
  const semantics = textOf('docs/semantics.md');
  expect(eventNames.filter((name) => !new RegExp(`^\\|.*\`${name}\`.*\\|`, 'm').test(semantics))).toEqual([]);
});

/* What comes out. */

const folder = scratchFolder();

test("the README's first event and first policy give what it says", async () => {
  const [policy = '', event = '', trigger = ''] = snippetsOf('README.md', 'json');
  writeFileSync(join(folder, 'policy.json'), policy);
  writeFileSync(join(folder, 'event.json'), event);
  const script = snippetsOf('README.md', 'sh').find((text) => text.includes('event.json')) as string;
  const { stdout, stderr, code } = await shell(
    script.replaceAll('npx alo', 'alo').trim().replaceAll('\n', ' && '),
    folder,
  );
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  expect(stdout).toBe(snippetsOf('README.md', 'text').find((text) => text.startsWith('1 lines read')));
  const [first = ''] = readFileSync(join(folder, 'triggers.ndjson'), 'utf8').split('\n');
  expect(JSON.parse(first)).toEqual(JSON.parse(trigger));
});

test('the README shows what npm start prints; if not, copy it anew', async () => {
  const { stdout, code } = await shell('alo demo', folder);
  expect(code).toBe(0);
  expect(snippetsOf('README.md', 'text')).toContain(stdout);
});

/* What they name. */

const sources = globSync('{packages,services,tests}/**/*.{ts,js}', {
  cwd: root,
  exclude: (path) => basename(path) === 'node_modules',
});
const names = new Set(sources.map((file) => basename(file)));

describe.each(docs)('%s', (doc) => {
  const text = textOf(doc);
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name as string);

  test('names files that are there', () => {
    const paths = quoted.filter((name) => /^(packages|services|tests|infra|docs)\/[\w./-]+$/.test(name));
    const files = quoted.filter((name) => /^[\w-]+\.(spec\.)?(ts|js)$/.test(name));
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(files.filter((file) => !names.has(file))).toEqual([]);
  });

  test('stands by itself', () => {
    expect(text).not.toMatch(/\.\.\/\.\.|\/work\/|\/home\/|\/tmp\//);
    expect(text).not.toContain('../shared');
  });

  test('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string);
    const isThere = (link: string) => {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? doc : join(dirname(doc), path);
      if (!existsSync(join(root, file))) return false;
      return anchor === undefined || anchorsOf(textOf(file)).includes(anchor);
    };
    expect(links.filter((link) => !/^https?:/.test(link) && !isThere(link))).toEqual([]);
  });
});

/** How a heading is linked to: in small letters, without signs, hyphens for spaces. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .trim()
      .replace(/\s/g, '-'),
  );
