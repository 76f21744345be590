import { topics } from '@alo/contracts';
import { aloCore, engineVersion } from '@alo/domain';
import {
  connectKafka,
  joinGroup,
  liveDefaults,
  makeLogger,
  observePartitions,
  oncePossible,
  runService,
  serveHealth,
  startEngine,
  startTelemetry,
} from '@alo/runtime/live';
import { checkServers } from './check-servers.ts';
import { makeConditions } from './conditions.ts';
import { type EngineSettings, readSettings } from './config.ts';
import { openPorts } from './open-ports.ts';

/** Of all partitions' states at hand together, should one engine own all of them; and of each at least. */
const cacheBytesMax = 256 * 1024 * 1024;
const cacheBytesMin = 8 * 1024 * 1024;

const serve = async (settings: EngineSettings, stop: AbortSignal): Promise<void> => {
  const service = settings.OTEL_SERVICE_NAME ?? 'alo-engine';
  const log = makeLogger({ level: settings.ALO_LOG_LEVEL, service });
  const telemetry = startTelemetry({
    serviceName: service,
    serviceVersion: engineVersion,
    otlpEndpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT,
    tell: (sentence) => log.warn(sentence),
  });
  const conditions = makeConditions(log);
  const observed = observePartitions(telemetry);
  const health = await serveHealth({
    port: settings.ALO_HTTP_PORT,
    isLive: () => undefined,
    isReady: () => conditions.problems().join('; ') || undefined,
    metrics: telemetry.metrics,
  });
  const kafka = connectKafka(settings, { clientId: service, log });
  const found = await oncePossible(() => checkServers(kafka, settings, service), {
    signal: stop,
    onWait: conditions.onMembership,
  });
  for (const warning of found?.warnings ?? []) log.warn(warning);
  if (found) {
    const engine = startEngine(aloCore, {
      join: (told) =>
        joinGroup(kafka, {
          groupId: settings.ALO_GROUP,
          topic: `${settings.KAFKA_TOPIC_PREFIX}${topics.journal}`,
          sessionTimeoutMs: settings.ALO_SESSION_TIMEOUT_MS,
          ...told,
        }),
      openPorts: (partition) => openPorts(partition, { kafka, settings, service, telemetry }),
      options: (partition) => ({
        ...liveDefaults,
        cacheBytesMax: Math.max(cacheBytesMin, Math.floor(cacheBytesMax / found.partitions)),
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

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

await runService('alo-engine', (stop) => serve(readSettings(process.env), stop));
