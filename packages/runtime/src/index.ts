export type { Core, Outcome, ReadRecord, Subscribers } from './core.ts';
export { type EmbeddedStore, openEmbeddedStore } from './embedded/embedded-store.ts';
export type { Appended, Input } from './embedded/messages.ts';
export { Doubt, InfrastructureError, PartitionStopped, WrongUse } from './errors.ts';
export { emptyContents, type MemoryContents, makeMemoryStore } from './memory/memory-store.ts';
export {
  openPartition,
  type Partition,
  type PartitionOptions,
  partitionDefaults,
} from './partition.ts';
export type {
  Applied,
  Change,
  Due,
  Followed,
  JournalRecord,
  LiveLog,
  Log,
  Position,
  Published,
  Receipt,
  States,
  Stored,
} from './ports.ts';
export type { TakenRecord, TakenRecords } from './taken-records.ts';
