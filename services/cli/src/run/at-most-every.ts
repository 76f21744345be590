/** Does something when it is called, but not before a span is over, and never twice within one. */
export const atMostEvery = (spanMs: number, work: () => Promise<void>, now: () => number = Date.now) => {
  let last = now();
  return async (): Promise<undefined> => {
    if (now() - last < spanMs) return;
    last = now();
    await work();
  };
};
