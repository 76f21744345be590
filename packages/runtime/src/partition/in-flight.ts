/** The writes of a partition that are under way, at most so many. */
export const makeInFlight = (inFlightMax: number) => {
  const inFlight: Promise<void>[] = [];
  return {
    /** Starts a write, once few enough are under way. Rejects where one of those has failed. */
    launch: async (write: () => Promise<void>): Promise<void> => {
      while (inFlight.length >= inFlightMax) await inFlight.shift();
      const writing = write();
      writing.catch(() => undefined);
      inFlight.push(writing);
    },
    /** Waits for all that are under way. Rejects where one has failed. */
    landed: async (): Promise<void> => {
      for (const writing of inFlight.splice(0)) await writing;
    },
  };
};
