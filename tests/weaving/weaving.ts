import type { LoadFnOutput } from 'node:module';

/** One place of alo's source, by its file from the name of its room on, and what stands there instead. */
export type Change = { readonly file: string; readonly find: string; readonly replace: string };

const rootUrl = new URL('../../', import.meta.url).href;

/** The file of a module of alo's own, from the name of its room on; undefined for any other. */
export const fileOf = (url: string): string | undefined => {
  if (!url.startsWith(rootUrl)) return undefined;
  const { pathname } = new URL(url);
  const path = pathname.slice(new URL(rootUrl).pathname.length);
  return /^(?:packages|services)\/(.+)$/.exec(path)?.[1];
};

/** @throws where not exactly one place holds what is to be changed. */
const changed = (source: string, { file, find, replace }: Change): string => {
  const places = source.split(find);
  if (places.length !== 2) throw new Error(`${places.length - 1} places of ${file} hold: ${find}`);
  return places.join(replace);
};

/** A source with changes, one after the other. */
export const woven = (source: string, changes: readonly Change[]): string => changes.reduce(changed, source);

/** Weaves changes into modules as they are loaded, and knows which it could not. */
export const makeWeaving = (changes: readonly Change[]) => {
  const unused = new Set(changes);
  return {
    weave: (url: string, loaded: LoadFnOutput): LoadFnOutput => {
      const file = fileOf(url);
      const own = changes.filter((change) => change.file === file);
      if (own.length === 0) return loaded;
      for (const change of own) unused.delete(change);
      return { ...loaded, source: woven(String(loaded.source), own) };
    },
    /** What was not loaded would pass for changed. */
    refuseUnused: (): void => {
      if (unused.size > 0) throw new Error(`nothing was loaded of ${[...unused].map(({ file }) => file).join(', ')}`);
    },
  };
};

export type Weaving = ReturnType<typeof makeWeaving>;
