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

/**
 * Someone else may have moved on, or it is not known what became of a write: throw away all that is at hand of this
 * partition, and recover.
 */
export class Doubt extends Error {
  override name = 'Doubt';
}
