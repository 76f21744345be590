import { named } from '../journal-partitions.ts';
import type { Misfit } from './partition-fit.ts';
import type { Problem } from './problem.ts';

/** The problems of all partitions, by their number; one that several have is told once. */
export const mergedProblems = (byPartition: readonly (readonly Misfit[])[]): Problem[] => {
  const all = byPartition.flatMap((problems, partition) => problems.map((misfit) => ({ partition, ...misfit })));
  return [...Map.groupBy(all, ({ problem, mend }) => `${problem}\n${mend}`).values()].map((same) => {
    const [{ problem, mend }] = same as [(typeof same)[0]];
    return { area: named(same.map(({ partition }) => partition)), problem, mend };
  });
};
