import { tableOf } from '../table.ts';
import type { Difference } from './topic-differences.ts';

/** Differences as a table, and under it once each what can be done about them. */
export const tellDifferences = (differences: readonly Difference[]): string => {
  const rows = differences.map(({ topic, setting, wanted, found }) => [topic, setting, wanted, found]);
  const mends = new Map(differences.map(({ setting, mend }) => [mend, setting]));
  return [
    tableOf(['topic', 'setting', 'should be', 'is'], rows),
    ...[...mends].map(([mend, setting]) => `  ${nameOf(setting, mend)}: ${mend}`),
  ].join('\n');
};

const nameOf = (setting: string, mend: string) => (mend.includes('--apply-config') ? 'config' : setting);
