import { registerHooks } from 'node:module';
import { type Change, makeWeaving, type Weaving } from '../weaving/weaving.ts';

/**
 * Bounds that are so small that all that is done in pieces is, in a journal of some dozens of records. They change
 * nothing of what is promised.
 */
const scaled: readonly Change[] = [
  { file: 'runtime/src/partition.ts', find: 'rearmPieceMax = 2000', replace: 'rearmPieceMax = 2' },
  { file: 'runtime/src/due-queue.ts', find: 'windowSize = 4096', replace: 'windowSize = 3' },
  { file: 'runtime/src/partition-worker.ts', find: 'stepRecordsMax = 2000', replace: 'stepRecordsMax = 4' },
  { file: 'runtime/src/partition-worker.ts', find: 'applyEveryMs = 250', replace: 'applyEveryMs = 30' },
  { file: 'runtime/src/partition-worker.ts', find: 'backoffMsMax = 5000', replace: 'backoffMsMax = 400' },
  { file: 'runtime/src/kafka/last-receipt.ts', find: 'firstWindow = 64', replace: 'firstWindow = 4' },
  { file: 'runtime/src/kafka/last-receipt.ts', find: 'stableWaitMs = 15_000', replace: 'stableWaitMs = 1500' },
  { file: 'runtime/src/redis/packed-arguments.ts', find: 'itemsPerCommand = 500', replace: 'itemsPerCommand = 2' },
  { file: 'runtime/src/redis/packed-arguments.ts', find: 'bytesAtFirst = 64 * 1024', replace: 'bytesAtFirst = 256' },
  { file: 'runtime/src/shelf.ts', find: 'pageBytes = 4 * 1024 * 1024', replace: 'pageBytes = 1024' },
];

/** Requests for records are made where the simulated broker hears them. */
const rewired: readonly Change[] = [
  {
    file: 'runtime/src/kafka/cluster.ts',
    find: "import { type Fetched, fetchFrom } from './fetch.ts';",
    replace: "import { fetchFrom } from '../../../../tests/simulation/kafka/fetch.ts';",
  },
];

const packagesUrl = new URL('../../packages/', import.meta.url).href;
const variants = new Map<string, Weaving>();
const key = 'variant';

const variantOf = (url: string | undefined): string | null =>
  url?.startsWith('file:') ? new URL(url).searchParams.get(key) : null;

/** What is imported by a module of a variant is of the variant too, as far as it is alo's own. */
registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    const variant = variantOf(context.parentURL);
    const isOurs = found.url.startsWith(packagesUrl) && !found.url.includes('/contracts/');
    return variant === null || !isOurs ? found : { ...found, url: `${found.url}?${key}=${variant}` };
  },
  load: (url, context, next) => {
    const loaded = next(url, context);
    return variants.get(variantOf(url) ?? '')?.weave(url, loaded) ?? loaded;
  },
});

/** The code under test with its bounds made small and, where there are any, with these changes. */
export const loadVariant = async (name: string, changes: readonly Change[] = []) => {
  const weaving = variants.get(name) ?? makeWeaving([...scaled, ...rewired, ...changes]);
  variants.set(name, weaving);
  const loaded: typeof import('./under-test.ts') = await import(`./under-test.ts?${key}=${encodeURIComponent(name)}`);
  weaving.refuseUnused();
  return loaded;
};
