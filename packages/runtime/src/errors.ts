/** The store, the disk or the network is at fault: nothing is lost, and it can go on once that is mended. */
export class InfrastructureError extends Error {
  override name = 'InfrastructureError';
}

/** This partition must not go on until someone has decided: the message says what about. */
export class PartitionStopped extends Error {
  override name = 'PartitionStopped';
}

/** What was asked for cannot be: a wrong path, a store of another kind. */
export class WrongUse extends Error {
  override name = 'WrongUse';
}
