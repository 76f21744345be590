import { type Subject, subjectOf } from './run.ts';
import type { Sabotage } from './sabotages/sabotage.ts';
import { loadVariant } from './variants.ts';

/** What is to be run. */
export type Wanted = {
  /** The safeguard that is switched off. */
  readonly sabotage: Sabotage | undefined;
  /** Whose runs these are: there more of that happens in which it must be missed. */
  readonly like: Sabotage | undefined;
  readonly seeds: readonly number[];
  readonly isJson: boolean;
};

export const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** The code under test, with a safeguard switched off or as it is. */
export const subjectFor = async (sabotage: Sabotage | undefined): Promise<Subject> =>
  subjectOf(await loadVariant(sabotage?.name ?? 'as it is', sabotage?.changes));

/** How to see a run again, step by step. */
export const replayCommand = (seed: number, { sabotage, like }: Pick<Wanted, 'sabotage' | 'like'>): string => {
  const shaped = sabotage ? ` --sabotage '${sabotage.name}'` : like ? ` --like '${like.name}'` : '';
  return `npm run sim -- --seed ${seed} --trace${shaped}`;
};
