/** A share in the partitions of the journal: who owns which is agreed on among all engines. */
export type Membership = {
  /** Resolves once it is confirmed, after the call, that this engine is still a member; rejects when it is over. */
  readonly confirmed: (signal: AbortSignal) => Promise<void>;
  /** Tells where a partition stands, for tools that show lag; nothing else reads it. A failure is no fault. */
  readonly tellPosition: (partition: number, offset: number) => Promise<void>;
  /** Gives its partitions up, so that others take over at once. */
  readonly leave: () => Promise<void>;
};

export type Assigned = (partitions: readonly number[]) => void;
