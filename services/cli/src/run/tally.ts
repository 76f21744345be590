import type { RefusalCode } from '@alo/contracts';
import { outputName } from '@alo/contracts';
import type { Outcome, Published } from '@alo/runtime';

/** What a run has done so far. */
export type Tally = {
  linesRead: number;
  linesSkipped: number;
  eventsTaken: number;
  duplicates: number;
  refusals: Partial<Record<RefusalCode, number>>;
  triggers: Record<string, number>;
};

export const emptyTally = (): Tally => ({
  linesRead: 0,
  linesSkipped: 0,
  eventsTaken: 0,
  duplicates: 0,
  refusals: {},
  triggers: {},
});

export const countOutcome = (tally: Tally, outcome: Outcome['kind']): void => {
  if (outcome === 'taken' || outcome === 'activated') tally.eventsTaken += 1;
  if (outcome === 'duplicate') tally.duplicates += 1;
};

export const countPublished = (tally: Tally, outputs: readonly Published[]): void => {
  for (const output of outputs) {
    if (output.kind === 'dead-letter') tally.refusals[output.code] = (tally.refusals[output.code] ?? 0) + 1;
    else {
      const name = outputName(JSON.parse(output.text));
      tally.triggers[name] = (tally.triggers[name] ?? 0) + 1;
    }
  }
};

export const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

const figure = (count: number) => count.toLocaleString('en-US');

const listed = (counts: Readonly<Record<string, number>>): string => {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return entries.length === 0 ? '' : ` (${entries.map(([name, count]) => `${name} ${figure(count)}`).join(', ')})`;
};

/** The summary as one line of words. */
export const tellTally = (tally: Tally): string => {
  const before = tally.linesSkipped > 0 ? `, ${figure(tally.linesSkipped)} more were known from before` : '';
  return (
    `${figure(tally.linesRead)} lines read${before}: ${figure(tally.eventsTaken)} events taken, ` +
    `${figure(tally.duplicates)} duplicates, ${figure(sumOf(tally.refusals))} refused${listed(tally.refusals)}; ` +
    `${figure(sumOf(tally.triggers))} triggers${listed(tally.triggers)}`
  );
};
