import { makeScheduler, type Scheduler } from './scheduler.ts';
import { type Chance, makeChance } from './seeded.ts';

/** How often calls go wrong, each a probability; and how often they are answered at once. */
export type Trouble = {
  /** Never arrives; who called is told late that it is not known. */
  lost: number;
  /** Is done, and the answer is lost. */
  unanswered: number;
  /** Is given up by who called, and done afterwards all the same. */
  late: number;
  /** Is done after a long time. */
  slow: number;
  /** The leader of a partition changes as something is sent to it. */
  moved: number;
  /** Is done and answered before anything else happens. */
  instant: number;
};

/** Where all of a run takes place: its time, its chances, and who follows it step by step. */
export type World = {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly trouble: Trouble;
  readonly isTold: boolean;
  /** A line of the trace; to be called only where `isTold`, for the text costs more than the step. */
  readonly tell: (who: string, what: string) => void;
  readonly trace: readonly string[];
};

const ms = (us: number): string => (us / 1000).toFixed(3);

export const makeWorld = (seed: number, trouble: Trouble, isTold: boolean): World => {
  const scheduler = makeScheduler();
  const trace: string[] = [];
  return {
    scheduler,
    chance: makeChance(seed, 'world'),
    trouble: { ...trouble },
    isTold,
    trace,
    tell: (who, what) => trace.push(`${ms(scheduler.nowUs()).padStart(10)} ms  ${who.padEnd(6)} ${what}`),
  };
};

/** Nothing goes wrong any more. */
export const endTrouble = (trouble: Trouble): void => {
  Object.assign(trouble, { lost: 0, unanswered: 0, late: 0, slow: 0, moved: 0 });
};

/** Resolves after so much virtual time, whoever is dead by then. */
export const sleep = ({ scheduler }: World, us: number): Promise<void> =>
  new Promise((resolve) =>
    scheduler.after(us, () => {
      resolve();
      scheduler.wake();
    }),
  );
