import { thinned } from '../shrink.ts';
import type { PlannedRun, RunsPlan } from './plan.ts';

type Place = { readonly file: number; readonly line: number };

const placesIn = ({ files }: RunsPlan): Place[] =>
  files.flatMap((lines, file) => lines.map((_, line) => ({ file, line })));

/** The plan with these lines of its files only. */
const withLines = (plan: RunsPlan, places: readonly Place[]): RunsPlan => {
  const kept = plan.files.map((_, file) => places.filter((place) => place.file === file).map(({ line }) => line));
  const linesOf = ({ file, lines }: PlannedRun) => (kept[file] as number[]).filter((line) => line < lines).length;
  return {
    ...plan,
    files: plan.files.map((lines, file) => (kept[file] as number[]).map((line) => lines[line] as Uint8Array)),
    runs: plan.runs.map((run) => ({ ...run, lines: linesOf(run) })),
  };
};

/** The plan with its n-th run struck at this call. */
const struckAt = (plan: RunsPlan, n: number, call: number): RunsPlan => ({
  ...plan,
  runs: plan.runs.map((run, at) => (at === n && run.strike ? { ...run, strike: { ...run.strike, call } } : run)),
});

/** Each run is struck as early as it may be: what would have come later is not needed. */
const struckEarly = async (plan: RunsPlan, fails: (plan: RunsPlan) => Promise<boolean>): Promise<RunsPlan> => {
  let earliest = plan;
  for (const [n, { strike }] of plan.runs.entries()) {
    for (let call = 1; strike && call < strike.call; call += 1) {
      const earlier = struckAt(earliest, n, call);
      if (!(await fails(earlier))) continue;
      earliest = earlier;
      break;
    }
  }
  return earliest;
};

/** A plan with as few runs and lines as are needed for it to fail; the last run over each file stays. */
export const shrunkRuns = async (plan: RunsPlan, fails: (plan: RunsPlan) => Promise<boolean>): Promise<RunsPlan> => {
  let smallest = plan;
  for (let round = 0; round < 3; round += 1) {
    const last = smallest.runs.slice(-plan.files.length);
    const before = smallest.runs.slice(0, -last.length);
    const whole = smallest;
    const runs = await thinned(before, 0, (fewer) => fails({ ...whole, runs: [...fewer, ...last] }));
    const fewer = await struckEarly({ ...whole, runs: [...runs, ...last] }, fails);
    smallest = withLines(fewer, await thinned(placesIn(fewer), 0, (places) => fails(withLines(fewer, places))));
  }
  return smallest;
};

/** A plan in words. */
export const shownRuns = ({ files, runs }: RunsPlan): string =>
  [
    ...files.flatMap((lines, n) => lines.map((line, at) => `file ${n}, line ${at + 1}: ${Buffer.from(line)}`)),
    ...runs.map(({ bounds, strike, ...run }) => `run ${JSON.stringify({ ...run, ...strike, ...bounds })}`),
  ].join('\n');
