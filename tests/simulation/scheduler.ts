import TinyQueue from 'tinyqueue';

type Happening = { readonly atUs: number; readonly number: number; readonly run: () => void };

const inOrder = (a: Happening, b: Happening) => a.atUs - b.atUs || a.number - b.number;

/**
 * A virtual clock, and all that is still to happen, one after the other. No timer of the machine decides anything: what
 * happens next depends on what was asked for alone.
 */
export const makeScheduler = () => {
  const queue = new TinyQueue<Happening>([], inOrder);
  let nowUs = 0;
  let happened = 0;
  let scheduled = 0;
  let isWoken = false;

  return {
    nowUs: (): number => nowUs,
    /** How much has happened so far. */
    happened: (): number => happened,
    after: (delayUs: number, run: () => void): void => {
      scheduled += 1;
      queue.push({ atUs: nowUs + delayUs, number: scheduled, run });
    },
    /** Somebody's promise was settled: nothing else happens before all that follows from it has run. */
    wake: (): void => {
      isWoken = true;
    },
    /** Lets things happen until somebody is woken; false where nothing is left to happen. */
    tick: (): boolean => {
      isWoken = false;
      for (let next = queue.pop(); next; next = queue.pop()) {
        nowUs = next.atUs;
        happened += 1;
        next.run();
        if (isWoken) return true;
      }
      return false;
    },
  };
};

export type Scheduler = ReturnType<typeof makeScheduler>;
