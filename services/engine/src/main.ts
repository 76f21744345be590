import { topics } from '@alo/contracts';
import { aloCore, engineVersion } from '@alo/domain';
import { WrongUse } from '@alo/runtime';
import {
  checkJournalTopics,
  connectKafka,
  connectRedis,
  describeBrokers,
  describeRedis,
  type FoundBroker,
  joinGroup,
  liveDefaults,
  makeLogger,
  observePartitions,
  oncePossible,
  openKafkaLog,
  openRedisStates,
  type Ports,
  redisProblems,
  runService,
  serveHealth,
  startEngine,
  startTelemetry,
  withTelemetry,
} from '@alo/runtime/live';
import { makeConditions } from './conditions.ts';
import { type EngineSettings, readSettings } from './config.ts';

const journalWaitMs = 100;
const redisWaitMs = 5000;

const serve = async (settings: EngineSettings, stop: AbortSignal): Promise<void> => {
  const service = settings.OTEL_SERVICE_NAME ?? 'alo-engine';
  const prefix = settings.KAFKA_TOPIC_PREFIX;
  const log = makeLogger({ level: settings.ALO_LOG_LEVEL, service });
  const telemetry = startTelemetry({
    serviceName: service,
    serviceVersion: engineVersion,
    otlpEndpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT,
    tell: (sentence) => log.warn(sentence),
  });
  const conditions = makeConditions(log);
  const observed = observePartitions(telemetry);
  const problems = () => conditions.problems().join('; ') || undefined;
  const health = await serveHealth({
    port: settings.ALO_HTTP_PORT,
    isLive: () => undefined,
    isReady: problems,
    metrics: telemetry.metrics,
  });
  const kafka = connectKafka(settings, { clientId: service, log });

  const openPorts = async (partition: number): Promise<Ports> => {
    const redis = connectRedis(settings, { name: `${service}-${partition}` });
    const { log: journal, close } = openKafkaLog(kafka, { prefix, partition, waitMs: journalWaitMs });
    const closeBoth = () => Promise.all([redis.close(), close()]).then(() => undefined);
    try {
      await redis.whenReady(redisWaitMs);
    } catch (error) {
      await closeBoth();
      throw error;
    }
    const states = openRedisStates(redis, { prefix: settings.REDIS_KEY_PREFIX, partition });
    return withTelemetry({ log: journal, states, close: closeBoth }, telemetry, { partition, prefix });
  };

  const onWait = (why: string) => conditions.onMembership(why);
  const isPossible = await oncePossible(
    async () => {
      refuseOld(await describeBrokers(kafka));
      await checkJournalTopics(kafka, prefix);
      for (const warning of await checkRedis(settings, service)) log.warn(warning);
      return true;
    },
    { signal: stop, onWait },
  );
  if (isPossible) {
    const engine = startEngine(aloCore, {
      join: (told) =>
        joinGroup(kafka, {
          groupId: settings.ALO_GROUP,
          topic: `${prefix}${topics.journal}`,
          sessionTimeoutMs: settings.ALO_SESSION_TIMEOUT_MS,
          ...told,
        }),
      openPorts,
      options: (partition) => ({
        ...liveDefaults,
        onPublished: () => undefined,
        onOutcome: () => undefined,
        onUnverified: () => conditions.onUnverified(partition),
      }),
      onCondition: (partition, condition) => {
        conditions.onCondition(partition, condition);
        observed.onCondition(partition, condition);
      },
      onProgress: observed.onProgress,
      onMembership: conditions.onMembership,
    });
    log.info(`an engine of version ${engineVersion} takes its share of the journal`);
    await aborted(stop);
    await engine.stop();
  }
  log.info('the engine has stopped');
  await health.close();
  await telemetry.shutdown();
};

/** Kafka 4.0 is the oldest that answers Fetch of version 17: those before it can lose a transaction that was fenced. */
const fetchVersionMin = 17;

const refuseOld = (brokers: readonly FoundBroker[]): void => {
  const old = brokers.filter(({ fetch }) => fetch.max < fetchVersionMin).map(({ address }) => address);
  if (old.length > 0) throw new WrongUse(`Kafka at ${old.join(', ')} is older than 4.0: alo needs 4.0 or later`);
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/**
 * What Redis must be before anything is folded into it.
 * @throws WrongUse with every problem that forbids to run; gives those that only deserve a warning.
 */
const checkRedis = async (settings: EngineSettings, name: string): Promise<string[]> => {
  const connection = connectRedis(settings, { name });
  try {
    await connection.whenReady(redisWaitMs);
    const found = redisProblems(await describeRedis(connection));
    const told = found.map(({ severity, problem, mend }) => ({ severity, text: `${problem}: ${mend}` }));
    const refused = told.filter(({ severity }) => severity === 'refuse');
    if (refused.length > 0) throw new WrongUse(refused.map(({ text }) => text).join('\n'));
    return told.map(({ text }) => text);
  } finally {
    await connection.close();
  }
};

await runService('alo-engine', (stop) => serve(readSettings(process.env), stop));
