import fc from 'fast-check';
import type { Door } from './door.ts';
import type { Finding, Round } from './round.ts';
import { type Ended, type Limits, openWorkplace } from './workplace.ts';

type Fatal = Exclude<Ended, { kind: 'answered' }>;

/** A case that hangs is told by this from one that is slow, as far as it matters for shrinking. */
const loneSilenceMsMax = 5000;

/** Tries one case in a process of its own. */
const survives = async (round: Round, limits: Limits, one: unknown): Promise<boolean> => {
  const silenceMsMax = Math.min(limits.silenceMsMax, loneSilenceMsMax);
  const workplace = openWorkplace({ ...limits, silenceMsMax });
  const { kind } = await workplace.ask({ round, lone: { one } });
  workplace.close();
  return kind === 'answered';
};

/** Shrinks a case of which a process hangs or dies. */
export const smallestFatal = async (door: Door, round: Round, fatal: Fatal, limits: Limits): Promise<Finding> => {
  const { seed } = round;
  const path = round.path ?? String(fatal.at);
  const [first] = fc.sample(door.cases, { seed, path, numRuns: 1 });
  const stopMs = performance.now() + limits.shrinkMsMax;
  const tryOne = async (one: unknown) => performance.now() > stopMs || survives(round, limits, one);
  const details = await fc.check(fc.asyncProperty(door.cases, tryOne), { seed, path, numRuns: 1 });
  const [smallest] = details.counterexample ?? [first];
  const place = { door: door.name, kind: fatal.kind, seed, path: details.counterexamplePath ?? path };
  return { ...place, why: fatal.why, input: await door.show(smallest) };
};
