import { alo } from '../cli/alo-process.ts';

const daysBefore = (days: number): string =>
  `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)}T00:00:00+07:00`;

/** The life of some subscribers up to yesterday, so that it is in time. */
export const simulated = async (subscribers: number, days: number): Promise<string[]> => {
  const { stdout, code, stderr } = await alo([
    'simulate',
    '--subscribers',
    `${subscribers}`,
    '--days',
    `${days}`,
    '--start',
    daysBefore(days),
    '--seed',
    '5',
  ]);
  if (code !== 0) throw new Error(stderr);
  return stdout.split('\n').filter((line) => line.startsWith('{') && line.includes('"subject"'));
};
