import { type Plan, planOf } from './plan.ts';
import { runPlan } from './run-seed.ts';
import { shrunk } from './shrink.ts';
import { say, subjectFor, type Wanted } from './wanted.ts';

const shown = ({ faults, records, trouble, bounds, versions, engines }: Plan): string =>
  [
    `engines ${engines}, versions ${versions}, trouble ${JSON.stringify(trouble)}`,
    ...bounds.map((bound) => `bounds ${JSON.stringify(bound)}`),
    ...records.map(
      ({ atUs, appendedAt, bytes }) => `record ${atUs / 1000} ms, appended at ${appendedAt}: ${Buffer.from(bytes)}`,
    ),
    ...faults.map(({ atUs, kind }) => `fault  ${atUs / 1000} ms: ${kind}`),
  ].join('\n');

/** Runs one seed, perhaps with its trace, perhaps after all was left out of it that it fails without. */
export const runOne = async (
  seed: number,
  { sabotage, like, isJson }: Wanted,
  { trace: isTold, shrink }: { readonly trace: boolean; readonly shrink: boolean },
): Promise<boolean> => {
  const subject = await subjectFor(sabotage);
  const fails = async (plan: Plan) => (await runPlan(plan, subject)).violation !== undefined;
  const whole = planOf(seed, like?.where);
  const plan = shrink && (await fails(whole)) ? await shrunk(whole, fails) : whole;
  const { trace, ...ran } = await runPlan(plan, subject, isTold);
  if (isJson) say(JSON.stringify({ ...ran, trace }));
  else {
    if (shrink) say(shown(plan));
    for (const line of trace) say(line);
    say(`seed ${seed}: ${ran.violation ?? 'nothing is wrong'}`);
  }
  return ran.violation === undefined;
};
