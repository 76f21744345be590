/** Where sentences go: a logger does. */
export type Log = {
  readonly info: (sentence: string) => void;
  readonly warn: (sentence: string) => void;
  readonly error: (sentence: string) => void;
};

/** How intake stands: it works, or something waits, and for what. */
export type Condition = { readonly kind: 'works' } | { readonly kind: 'waits'; readonly sentence: string };

export type Teller = {
  /** Someone (all of intake, or one partition) cannot go on for now. */
  readonly waits: (who: string, sentence: string) => void;
  readonly goesOn: (who: string) => void;
  /** Intake has begun to read anew: if nothing comes up soon, it works. */
  readonly begins: () => void;
  /** Something went that nobody can bring back. */
  readonly lost: (sentence: string) => void;
  /** Records lie in the dead letters, this one first. */
  readonly refused: (topic: string, count: number, first: string) => void;
};

export type TellerOptions = {
  readonly log: Log;
  readonly onCondition: (condition: Condition) => void;
  /** What is said when nothing waits any more. */
  readonly working: string;
  readonly deadLetters: string;
  readonly clock?: () => number;
};

/** What lasts is said again after so long. */
const againAfterMs = 60_000;
const refusedEveryMs = 10_000;
/** What fails sooner after a beginning has not worked in between. */
const provenAfterMs = 1500;

const makeWaiting = ({ log, onCondition, working, clock = Date.now }: TellerOptions) => {
  const waiting = new Map<string, string>();
  const toldAtMs = new Map<string, number>();
  let isWorking = false;
  let proof: NodeJS.Timeout | undefined;
  const settle = () => {
    clearTimeout(proof);
    const lasting = [...waiting.values()].at(-1);
    if (lasting !== undefined) onCondition({ kind: 'waits', sentence: lasting });
    if (isWorking || lasting !== undefined) return;
    isWorking = true;
    toldAtMs.clear();
    onCondition({ kind: 'works' });
    log.info(working);
  };
  return {
    waits: (who: string, sentence: string) => {
      clearTimeout(proof);
      isWorking = false;
      waiting.set(who, sentence);
      onCondition({ kind: 'waits', sentence });
      if (clock() - (toldAtMs.get(sentence) ?? Number.NEGATIVE_INFINITY) < againAfterMs) return;
      toldAtMs.set(sentence, clock());
      log.warn(`${sentence}; intake waits, and tries again`);
    },
    goesOn: (who: string) => {
      waiting.delete(who);
      settle();
    },
    begins: () => {
      waiting.clear();
      clearTimeout(proof);
      proof = setTimeout(settle, provenAfterMs);
      proof.unref();
    },
  };
};

type Refusals = { readonly count: number; readonly first: string; readonly saidAtMs: number };

const makeRefused = ({ log, deadLetters, clock = Date.now }: TellerOptions): Teller['refused'] => {
  const unsaid = new Map<string, Refusals>();
  return (topic, count, first) => {
    const before = unsaid.get(topic) ?? { count: 0, first, saidAtMs: Number.NEGATIVE_INFINITY };
    const now = { ...before, count: before.count + count, first: before.count === 0 ? first : before.first };
    if (clock() - now.saidAtMs < refusedEveryMs) {
      unsaid.set(topic, now);
      return;
    }
    unsaid.set(topic, { count: 0, first, saidAtMs: clock() });
    const records = now.count === 1 ? 'a record' : `${now.count} records`;
    log.warn(`${records} of ${topic} went to ${deadLetters}, with the reason beside; the first is ${now.first}`);
  };
};

/** Says what changes once, and what lasts now and then: never a line for each attempt or each record. */
export const makeTeller = (options: TellerOptions): Teller => ({
  ...makeWaiting(options),
  lost: (sentence) => options.log.error(sentence),
  refused: makeRefused(options),
});
