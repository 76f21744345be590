export type { Core, Outcome, ReadRecord, Subscribers } from './core.ts';
export { type EmbeddedStore, openEmbeddedStore } from './embedded/embedded-store.ts';
export type { Appended, Input } from './embedded/messages.ts';
export { InfrastructureError, PartitionStopped, WrongUse } from './errors.ts';
export { emptyContents, type MemoryContents, makeMemoryStore } from './memory/memory-store.ts';
export {
  openPartition,
  type Partition,
  type PartitionOptions,
  partitionDefaults,
  type TakenRecord,
} from './partition.ts';
export type {
  Applied,
  Change,
  Due,
  JournalRecord,
  Log,
  Position,
  Published,
  Receipt,
  States,
  Stored,
} from './ports.ts';
export { connectRedis, type RedisConnection, type RedisState } from './redis/connection.ts';
export type { PartitionPlace } from './redis/partition-keys.ts';
export { type ReadSubscriber, readSubscriber } from './redis/read-subscriber.ts';
export { describeRedis, type RedisDescription } from './redis/redis-health.ts';
export { type RedisProblem, redisProblems } from './redis/redis-problems.ts';
export { type RedisSettings, redisFields, redisRelations } from './redis/redis-settings.ts';
export { openRedisStates } from './redis/redis-states.ts';
