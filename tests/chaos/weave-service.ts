import { realpathSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { doubled } from '../simulation/sabotages/doubled.ts';
import { sabotages } from '../simulation/sabotages/sabotages.ts';
import { type Change, fileOf, makeWeaving } from '../weaving/weaving.ts';
import { failPoints } from './fail-points.ts';
import { makePasses } from './pass-fail-points.ts';
import { variants } from './variants.ts';
import { readWantedPasses, type WantedPass } from './wanted-passes.ts';

/** What is to be woven in, as the environment says it. */
export type Wanted = { readonly failPoints: string; readonly sabotage: string; readonly variant: string };

const wrongUse = 1;
const all = [...sabotages, ...doubled];

const sabotageChanges = (wanted: string): readonly Change[] => {
  if (wanted === '') return [];
  const found = all.find(({ name }) => name === wanted);
  if (found) return found.changes;
  throw new Error(`ALO_SABOTAGE: ${JSON.stringify(wanted)} must be one of\n${all.map(({ name }) => name).join('\n')}`);
};

const variantChanges = (wanted: string): readonly Change[] => {
  if (wanted === '') return [];
  const found = Object.entries(variants).find(([name]) => name === wanted);
  if (found) return found[1];
  throw new Error(`ALO_VARIANT: ${JSON.stringify(wanted)} must be one of ${Object.keys(variants).join(', ')}`);
};

const pointChanges = (passes: readonly WantedPass[]): readonly Change[] =>
  failPoints.filter(({ name }) => passes.some(({ point }) => point === name)).map(({ change }) => change);

/** Once a service begins to serve all of it is loaded: what has not been woven in by then never would be. */
const checkChange = (program: string): Change => {
  const serving = 'await runService(';
  const file = fileOf(pathToFileURL(realpathSync(program)).href) ?? program;
  return { file, find: serving, replace: `refuseUnwoven(); ${serving}` };
};

const readWanted = ({ failPoints, sabotage, variant }: Wanted) => {
  const passes = readWantedPasses(failPoints);
  // A sabotage knows the source as it is: the points come after it.
  return { passes, changes: [...sabotageChanges(sabotage), ...variantChanges(variant), ...pointChanges(passes)] };
};

const refuse = (error: unknown): never => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(wrongUse);
};

const orRefuse = <Result>(attempt: () => Result): Result => {
  try {
    return attempt();
  } catch (error) {
    return refuse(error);
  }
};

/** Weaves what is wanted into the service that this process is about to load. Ends the process for what cannot be. */
export const weaveService = (wanted: Wanted): void => {
  const { passes, changes } = orRefuse(() => readWanted(wanted));
  const weaving = makeWeaving([...changes, checkChange(process.argv[1] ?? '')]);
  Object.assign(globalThis, {
    failPoint: makePasses(passes),
    refuseUnwoven: () => orRefuse(weaving.refuseUnused),
  });
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      return orRefuse(() => weaving.weave(url, loaded));
    },
  });
};
