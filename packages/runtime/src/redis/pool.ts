/** As many are kept as are under way at once as a rule. */
const keptMax = 2;

/** Things that are used again, because making them anew costs. */
export const makePool = <Thing extends { readonly clear: () => void }>(make: () => Thing) => {
  const free: Thing[] = [];
  return {
    take: (): Thing => free.pop() ?? make(),
    /** Only once nothing of it is under way any more. */
    giveBack: (thing: Thing): void => {
      thing.clear();
      if (free.length < keptMax) free.push(thing);
    },
  };
};
