export { type Engine, type EngineOptions, startEngine } from './engine.ts';
export { type EnvironmentFields, readEnvironment, variable } from './environment.ts';
export { type HealthOptions, type HealthServer, serveHealth } from './health.ts';
export { describeBrokers, type FoundBroker, isOldBroker } from './kafka/brokers-there.ts';
export { type TailedRecord, tailCommitted } from './kafka/committed-tail.ts';
export { connectKafka, type KafkaLogger } from './kafka/connection.ts';
export { type GroupOptions, joinGroup } from './kafka/group-membership.ts';
export { describeGroup, type FoundGroup } from './kafka/group-there.ts';
export { checkJournalTopics } from './kafka/journal-topics.ts';
export { type JournalWriter, type KeyedMessage, openJournalWriter } from './kafka/journal-writer.ts';
export { type KafkaLogOptions, openKafkaLog } from './kafka/kafka-log.ts';
export { type KafkaSettings, kafkaFields, kafkaRelations } from './kafka/kafka-settings.ts';
export { partitionOfKey } from './kafka/murmur2.ts';
export {
  abortTransaction,
  fenceWriter,
  type KnownTransaction,
  knownTransactions,
  type OpenTransaction,
  transactionsOpenIn,
} from './kafka/open-transactions.ts';
export { type BoundedPart, partitionBounds } from './kafka/partition-bounds.ts';
export { type PartitionView, type ViewedRecord, viewPartition } from './kafka/partition-view.ts';
export { openPartitionWriter, type PartitionWriter } from './kafka/partition-writer.ts';
export { consumeSources, type SourceConsumer, type SourceOptions, type SourceRecord } from './kafka/source-consumer.ts';
export {
  createTopics,
  describeTopics,
  type FoundTopic,
  setTopicConfig,
  type WantedTopic,
} from './kafka/topic-admin.ts';
export { openTopicEnds, type TopicEnds } from './kafka/topic-ends.ts';
export { emptyPartitions, missingTopics, type PassedOver, recordsPassedOver } from './kafka/topics-there.ts';
export { liveDefaults, type PartitionCondition, type Ports } from './partition-worker.ts';
export { connectRedis, type RedisConnection } from './redis/connection.ts';
export type { PartitionPlace } from './redis/partition-keys.ts';
export { readApplied } from './redis/read-applied.ts';
export { type ReadSubscriber, readSubscriber } from './redis/read-subscriber.ts';
export type { RedisState } from './redis/readiness.ts';
export { describeRedis, type RedisDescription } from './redis/redis-health.ts';
export { type RedisProblem, redisProblems } from './redis/redis-problems.ts';
export { type RedisSettings, redisFields, redisRelations } from './redis/redis-settings.ts';
export { openRedisStates } from './redis/redis-states.ts';
export { oncePossible, runService } from './service.ts';
export { type Logger, makeLogger } from './telemetry/logging.ts';
export { metricNames } from './telemetry/metric-names.ts';
export { observePartitions } from './telemetry/partition-metrics.ts';
export { startTelemetry, type Telemetry, type TelemetryOptions } from './telemetry/telemetry.ts';
export { type LogLevel, telemetryFields } from './telemetry/telemetry-settings.ts';
export { withTelemetry } from './telemetry/traced-ports.ts';
