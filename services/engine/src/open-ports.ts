import { PartitionStopped } from '@alo/runtime';
import {
  connectRedis,
  describeRedis,
  openKafkaLog,
  openRedisStates,
  type Ports,
  redisProblems,
  type Telemetry,
  withTelemetry,
} from '@alo/runtime/live';
import { type Kafka, redisWaitMs, textOf } from './check-servers.ts';
import type { EngineSettings } from './config.ts';

const journalWaitMs = 100;

/** Redis may have been set otherwise since the engine started: what evicts keys would have alo forget subscribers. */
const refuseUnfit = (redis: Parameters<typeof redisProblems>[0]): void => {
  const refused = redisProblems(redis).find(({ severity }) => severity === 'refuse');
  if (refused) throw new PartitionStopped(textOf(refused));
};

/** Opens log and states of a partition for one ownership, with connections of its own. */
export const openPorts = async (
  partition: number,
  {
    kafka,
    settings,
    service,
    telemetry,
  }: {
    readonly kafka: Kafka;
    readonly settings: EngineSettings;
    readonly service: string;
    readonly telemetry: Telemetry;
  },
): Promise<Ports> => {
  const prefix = settings.KAFKA_TOPIC_PREFIX;
  const redis = connectRedis(settings, { name: `${service}-${partition}` });
  const { log, close: closeLog } = openKafkaLog(kafka, { prefix, partition, waitMs: journalWaitMs });
  const close = () => Promise.all([redis.close(), closeLog()]).then(() => undefined);
  try {
    await redis.whenReady(redisWaitMs);
    refuseUnfit(await describeRedis(redis));
  } catch (error) {
    await close();
    throw error;
  }
  const states = openRedisStates(redis, { prefix: settings.REDIS_KEY_PREFIX, partition });
  return withTelemetry({ log, states, close }, telemetry, { partition, prefix });
};
