import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const posix = (path: string) => path.split(sep).join('/');
const filesOf = (pattern: string): string[] => globSync(pattern, { cwd: root }).map(posix).sort();
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

type Manifest = { dependencies?: Record<string, string>; devDependencies?: Record<string, string> };
type Room = {
  readonly folder: string;
  /** What its production code may import besides itself: a name, or all that begins with one. */
  readonly may: readonly string[];
  /** Where the room is entered. */
  readonly doors: readonly string[];
};

const anyNode = 'node:';

/** For who needs a part alone: the domain with its calendars is 15 MB more, the clients of Kafka and Redis are 40 MB. */
const sideDoors = [
  { name: '@alo/domain/identity', file: 'packages/domain/src/admission/identity.ts' },
  { name: '@alo/runtime/live', file: 'packages/runtime/src/live.ts' },
];
const sideDoorsOf = (folder: string) => sideDoors.map(({ file }) => file).filter((file) => file.startsWith(folder));

/** ARCHITECTURE, section 1. */
const rooms: readonly Room[] = [
  {
    folder: 'packages/contracts',
    may: ['zod'],
    doors: ['packages/contracts/src/index.ts'],
  },
  {
    folder: 'packages/domain',
    may: ['@alo/contracts', 'luxon', 'date-chinese', 'node:crypto', 'node:zlib'],
    doors: ['packages/domain/src/index.ts', ...sideDoorsOf('packages/domain')],
  },
  {
    folder: 'packages/runtime',
    may: ['@alo/contracts', 'kafkajs', 'ioredis', 'snappy', '@opentelemetry/', 'pino', 'tinyqueue', 'zod', anyNode],
    doors: ['packages/runtime/src/index.ts', ...sideDoorsOf('packages/runtime')],
  },
  ...filesOf('services/*/package.json').map((manifest) => ({
    folder: dirname(manifest),
    may: [
      '@alo/contracts',
      '@alo/domain',
      ...sideDoors.map(({ name }) => name),
      '@alo/runtime',
      'commander',
      'cli-progress',
      'pino',
      'zod',
      '@opentelemetry/',
      anyNode,
    ],
    doors: filesOf(`${dirname(manifest)}/{src/main.ts,bin/*.js}`),
  })),
];

/** Programs beside the doors that only people start. */
const scripts = ['packages/contracts/src/write-schemas.ts'];
/** Started by a test, in a process of its own. */
const testScripts = ['packages/domain/src/testing/tell-life.ts'];
/** What may be imported only below a folder. */
const kept: Readonly<Record<string, string>> = {
  'node:sqlite': 'packages/runtime/src/embedded/',
  kafkajs: 'packages/runtime/src/kafka/',
  ioredis: 'packages/runtime/src/redis/',
};

const importForm = /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*|new URL\(\s*)'([^']+)'/g;
const importsOf = (file: string): string[] =>
  [...withoutComments(textOf(file)).matchAll(importForm)].map(([, specifier]) => specifier as string);
const withoutComments = (text: string) => text.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');
const isRelative = (specifier: string) => specifier.startsWith('.');
const targetOf = (file: string, specifier: string) => posix(relative(root, resolve(root, dirname(file), specifier)));
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** All files that are reached from some, by imports of their own room. */
const reachedFrom = (starts: readonly string[]): Set<string> => {
  const reached = new Set(starts);
  for (const file of reached) {
    for (const specifier of importsOf(file)) if (isRelative(specifier)) reached.add(targetOf(file, specifier));
  }
  return reached;
};

/** Declarations of a package that has none are read by the compiler alone. */
const isDeclaration = (file: string) => file.endsWith('.d.ts');
const sourcesOf = (room: string) => filesOf(`${room}/{src,bin}/**/*.{ts,js}`).filter((file) => !isDeclaration(file));
const isSpec = (file: string) => file.endsWith('.spec.ts');
const all = [...filesOf('{packages,services}/*/{src,bin}/**/*.{ts,js}'), ...filesOf('tests/**/*.ts')].filter(
  (file) => !file.includes('node_modules'),
);

describe.each(rooms)('$folder', ({ folder, may, doors }) => {
  const production = [...reachedFrom(doors)];

  test('has a door', () => {
    expect(doors).not.toEqual([]);
    expect(production.length).toBeGreaterThan(doors.length);
  });

  test('imports nothing but what the table allows', () => {
    const isAllowed = (specifier: string) =>
      may.some((name) => specifier === name || (/[:/]$/.test(name) && specifier.startsWith(name)));
    const foreign = production.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => !isRelative(specifier) && !isAllowed(specifier))
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(foreign).toEqual([]);
  });

  test('does not leave its own folder by a path', () => {
    const leaving = sourcesOf(folder).flatMap((file) =>
      importsOf(file)
        .filter((specifier) => isRelative(specifier) && !targetOf(file, specifier).startsWith(`${folder}/`))
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(leaving).toEqual([]);
  });

  test('names in its manifest all that it imports, and nothing that it does not', () => {
    const { dependencies = {} } = JSON.parse(textOf(`${folder}/package.json`)) as Manifest;
    const used = [...production, ...scripts.filter((file) => file.startsWith(folder))]
      .flatMap(importsOf)
      .filter((specifier) => !isRelative(specifier) && !specifier.startsWith(anyNode))
      .map(packageOf);
    expect(Object.keys(dependencies).sort()).toEqual([...new Set(used)].sort());
  });

  test('has no file that neither a door nor a test reaches', () => {
    const specs = sourcesOf(folder).filter(isSpec);
    const reached = reachedFrom([...doors, ...scripts, ...testScripts, ...specs]);
    expect(sourcesOf(folder).filter((file) => !reached.has(file))).toEqual([]);
  });

  test('reaches no test from its door', () => {
    const testing = production.filter(
      (file) => isSpec(file) || importsOf(file).some((name) => /^@jest\/|^fast-check$/.test(name)),
    );
    expect(testing).toEqual([]);
  });
});

describe('every file', () => {
  test.each(Object.entries(kept))('that imports %s lies below %s', (name, folder) => {
    const importing = all.filter(
      (file) => !isSpec(file) && !file.startsWith('tests/') && importsOf(file).includes(name),
    );
    expect(importing.filter((file) => !file.startsWith(folder))).toEqual([]);
  });

  test('imports Node by its full name', () => {
    const bare = all.flatMap((file) =>
      importsOf(file).filter((name) => !name.startsWith(anyNode) && builtinModules.includes(name)),
    );
    expect(bare).toEqual([]);
  });

  test('imports a package by its door', () => {
    const deep = all.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => /^@alo\/[^/]+\/./.test(specifier) && !sideDoors.some(({ name }) => name === specifier))
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(deep).toEqual([]);
  });

  test('has no default export', () => {
    expect(all.filter((file) => /^export default|\bas default\b/m.test(withoutComments(textOf(file))))).toEqual([]);
  });

  test('is named in kebab-case after what is in it', () => {
    const isOdd = (file: string) =>
      file.split('/').some((part) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.spec|\.d)?(\.ts|\.js)?$/.test(part)) ||
      /(^|[/-])(helpers?|utils?|common|shared|misc|managers?)([/.-]|$)/.test(file);
    expect(all.filter(isOdd)).toEqual([]);
  });
});

test('a door lists its names one by one, and there is none below the root of a package', () => {
  const doors = all.filter((file) => basename(file) === 'index.ts');
  expect(doors.filter((file) => /export \*/.test(withoutComments(textOf(file))))).toEqual([]);
  expect(doors).toEqual(filesOf('packages/*/src/index.ts'));
});

test('the fold knows no clock, no chance and no waiting', () => {
  const impure =
    /\bDate\.now\b|\bnew Date\(\)|\bDateTime\.(now|local)\b|\bMath\.random\b|\bperformance\b|\bprocess\b|\basync\b|\bawait\b|\bsetTimeout\b/;
  const fold = [...reachedFrom(['packages/domain/src/index.ts', 'packages/contracts/src/index.ts'])];
  expect(fold.filter((file) => impure.test(withoutComments(textOf(file))))).toEqual([]);
});
