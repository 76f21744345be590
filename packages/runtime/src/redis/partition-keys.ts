/** Where a partition's states lie. All its keys share one hash tag, so that a cluster keeps them on one node. */
export type PartitionPlace = { readonly prefix: string; readonly partition: number };

export type PartitionKeys = {
  /** A token of whoever owns the partition now. */
  readonly epoch: string;
  /** R. */
  readonly header: string;
  /** What falls due: members are subscribers, scores are instants. */
  readonly due: string;
  /** In front of each subscriber. */
  readonly subscribers: string;
};

export const keysOf = ({ prefix, partition }: PartitionPlace): PartitionKeys => {
  const tagged = `${prefix}:{${partition}}`;
  return { epoch: `${tagged}:epoch`, header: `${tagged}:header`, due: `${tagged}:due`, subscribers: `${tagged}:s:` };
};
