import type { Sabotage } from './sabotages/sabotage.ts';

/** What is to be run. */
export type Wanted<Where> = {
  /** The safeguard that is switched off. */
  readonly sabotage: Sabotage<Where> | undefined;
  /** Whose runs these are: there more of that happens in which it must be missed. */
  readonly like: Sabotage<Where> | undefined;
  readonly seeds: readonly number[];
  readonly isJson: boolean;
};

export const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** How to see a life again, step by step. */
export const replayCommand = <Where>(
  of: string,
  seed: number,
  { sabotage, like }: Pick<Wanted<Where>, 'sabotage' | 'like'>,
): string => {
  const shaped = sabotage ? ` --sabotage '${sabotage.name}'` : like ? ` --like '${like.name}'` : '';
  return `npm run sim -- --of ${of} --seed ${seed} --trace${shaped}`;
};
