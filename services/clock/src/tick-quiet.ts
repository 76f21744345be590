/** Where partitions end, by number. */
export type Ends = ReadonlyMap<number, number>;

/**
 * Decides which partitions get a tick: those into which nothing was written since the last look. One that moves by
 * itself needs none, nor one that another clock has ticked; one without any record waits for its policy. So a busy
 * journal holds no ticks, and two clocks write no more than one.
 */
export const makeQuietWatch = () => {
  let seen: Ends = new Map();
  const own = new Set<number>();
  return {
    quiet: (ends: Ends): number[] => {
      const quiet = [...ends].filter(
        ([partition, end]) => end > 0 && seen.get(partition) === end - (own.has(partition) ? 1 : 0),
      );
      seen = ends;
      own.clear();
      return quiet.map(([partition]) => partition);
    },
    /** A tick of one's own has moved it by one: that is no news. */
    ticked: (partition: number): void => {
      own.add(partition);
    },
  };
};
