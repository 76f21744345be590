import type { Lives } from './lives.ts';
import { say, type Wanted } from './wanted.ts';

/** Runs one seed, perhaps with its trace, perhaps after all was left out of it that it fails without. */
export const runOne = async <Life, Subject, Where>(
  lives: Lives<Life, Subject, Where>,
  seed: number,
  { sabotage, like, isJson }: Wanted<Where>,
  { trace: isTold, shrink }: { readonly trace: boolean; readonly shrink: boolean },
): Promise<boolean> => {
  const subject = await lives.subjectFor(sabotage);
  const fails = async (plan: Life) => (await lives.live(plan, subject)).violation !== undefined;
  const whole = lives.planOf(seed, like?.where);
  const plan = shrink && (await fails(whole)) ? await lives.shrunk(whole, fails) : whole;
  const { trace, ...ran } = await lives.live(plan, subject, isTold);
  if (isJson) say(JSON.stringify({ ...ran, trace }));
  else {
    if (shrink) say(lives.shown(plan));
    for (const line of trace) say(line);
    say(`seed ${seed}: ${ran.violation ?? 'nothing is wrong'}`);
  }
  return ran.violation === undefined;
};
