import { registerHooks } from 'node:module';
import { type Change, makeWeaving, type Weaving } from '../weaving/weaving.ts';

/**
 * Bounds that are so small that all that is done in pieces is, in a journal of some dozens of records. They change
 * nothing of what is promised.
 */
const smallRoom: readonly Change[] = [
  { file: 'runtime/src/partition/rearm.ts', find: 'rearmPieceMax = 2000', replace: 'rearmPieceMax = 2' },
  { file: 'runtime/src/due-queue.ts', find: 'windowSize = 4096', replace: 'windowSize = 3' },
  { file: 'runtime/src/shelf.ts', find: 'pageBytes = 4 * 1024 * 1024', replace: 'pageBytes = 1024' },
];

/** The same for what only engines have. */
const scaled: readonly Change[] = [
  { file: 'runtime/src/partition-worker.ts', find: 'stepRecordsMax = 2000', replace: 'stepRecordsMax = 4' },
  { file: 'runtime/src/partition-worker.ts', find: 'applyEveryMs = 250', replace: 'applyEveryMs = 30' },
  { file: 'runtime/src/partition-worker.ts', find: 'backoffMsMax = 5000', replace: 'backoffMsMax = 400' },
  { file: 'runtime/src/kafka/last-receipt.ts', find: 'firstWindow = 64', replace: 'firstWindow = 4' },
  { file: 'runtime/src/kafka/last-receipt.ts', find: 'stableWaitMs = 15_000', replace: 'stableWaitMs = 1500' },
  { file: 'runtime/src/redis/packed-arguments.ts', find: 'itemsPerCommand = 500', replace: 'itemsPerCommand = 2' },
  { file: 'runtime/src/redis/packed-arguments.ts', find: 'bytesAtFirst = 64 * 1024', replace: 'bytesAtFirst = 256' },
];

/** Requests for records are made where the simulated broker hears them. */
const rewired: readonly Change[] = [
  {
    file: 'runtime/src/kafka/cluster.ts',
    find: "import { type Fetched, fetchFrom } from './fetch.ts';",
    replace: "import { fetchFrom } from '../../../../tests/simulation/kafka/fetch.ts';",
  },
];

const onMachine = '../../../../tests/simulation/runs';
const fromDisk = (file: string, names: string, module: string): Change => ({
  file: `cli/src/run/${file}`,
  find: `import { ${names} } from '${module}';`,
  replace: `import { ${names} } from '${onMachine}/disk.ts';`,
});

/** What the command line asks of its surroundings is asked of a simulated machine. */
const moved: readonly Change[] = [
  fromDisk('sink.ts', 'closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync', 'node:fs'),
  fromDisk('event-source.ts', 'createReadStream, type Stats', 'node:fs'),
  fromDisk('event-source.ts', 'open, rm, stat', 'node:fs/promises'),
  fromDisk('policy-file.ts', 'readFile', 'node:fs/promises'),
  fromDisk('distinct-files.ts', 'stat', 'node:fs/promises'),
  fromDisk('session.ts', 'mkdir, mkdtemp, rm', 'node:fs/promises'),
  {
    file: 'cli/src/run/session.ts',
    find: 'import { type Fed,',
    replace: `import { openEmbeddedStore } from '${onMachine}/store.ts';\nimport { partitionDefaults } from '${onMachine}/surroundings.ts';\nimport { type Fed,`,
  },
  { file: 'cli/src/run/session.ts', find: '  openEmbeddedStore,\n', replace: '' },
  { file: 'cli/src/run/session.ts', find: '  partitionDefaults,\n', replace: '' },
  { file: 'cli/src/run/session.ts', find: '...partitionDefaults,', replace: '...partitionDefaults(),' },
  {
    file: 'cli/src/run/run.ts',
    find: "import { type Interruption, watchInterruption } from './interruption.ts';",
    replace: `import { watchInterruption } from '${onMachine}/surroundings.ts';`,
  },
  {
    file: 'cli/src/run/run.ts',
    find: "import { showProgress } from './progress.ts';",
    replace: `import { showProgress } from '${onMachine}/surroundings.ts';`,
  },
];

const ownUrls = ['../../packages/', '../../services/cli/src/'].map((path) => new URL(path, import.meta.url).href);
const variants = new Map<string, Weaving>();
const key = 'variant';

const variantOf = (url: string | undefined): string | null =>
  url?.startsWith('file:') ? new URL(url).searchParams.get(key) : null;

/** What is imported by a module of a variant is of the variant too, as far as it is alo's own. */
registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    const variant = variantOf(context.parentURL);
    const isOurs = ownUrls.some((own) => found.url.startsWith(own)) && !found.url.includes('/contracts/');
    return variant === null || !isOurs ? found : { ...found, url: `${found.url}?${key}=${variant}` };
  },
  load: (url, context, next) => {
    const loaded = next(url, context);
    return variants.get(variantOf(url) ?? '')?.weave(url, loaded) ?? loaded;
  },
});

/** A module under a name of its own, with these changes in whatever of alo it imports. */
const loadWoven = async <Module>(
  load: (query: string) => Promise<Module>,
  name: string,
  changes: readonly Change[],
): Promise<Module> => {
  const weaving = variants.get(name) ?? makeWeaving(changes);
  variants.set(name, weaving);
  const loaded = await load(`?${key}=${encodeURIComponent(name)}`);
  weaving.refuseUnused();
  return loaded;
};

/** The code under test with its bounds made small and, where there are any, with these changes. */
export const loadVariant = (name: string, changes: readonly Change[] = []): Promise<typeof import('./under-test.ts')> =>
  loadWoven((query) => import(`./under-test.ts${query}`), name, [...smallRoom, ...scaled, ...rewired, ...changes]);

/** The command line's code under test, on a simulated machine and with its bounds made small. */
export const loadRunsVariant = (
  name: string,
  changes: readonly Change[] = [],
): Promise<typeof import('./runs/under-test.ts')> =>
  loadWoven((query) => import(`./runs/under-test.ts${query}`), `runs: ${name}`, [...smallRoom, ...moved, ...changes]);
