import { topics } from '@alo/contracts';
import { connectKafka, makeLogger, runService, serveHealth, startTelemetry } from '@alo/runtime/live';
import { type IntakeSettings, readSettings } from './config.ts';
import { runIntake } from './intake-worker.ts';
import { makeTeller } from './teller.ts';

const version = '0.1.0';

const serve = async (settings: IntakeSettings, stop: AbortSignal): Promise<void> => {
  const service = settings.OTEL_SERVICE_NAME ?? 'alo-intake';
  const named = (topic: string) => `${settings.KAFKA_TOPIC_PREFIX}${topic}`;
  const [journal, deadLetters] = [named(topics.journal), named(topics.intakeDeadLetters)];
  const log = makeLogger({ level: settings.ALO_LOG_LEVEL, service });
  const telemetry = startTelemetry({
    serviceName: service,
    serviceVersion: version,
    otlpEndpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT,
    tell: (sentence) => log.warn(sentence),
  });
  let problem: string | undefined = 'Kafka has not answered yet';
  const health = await serveHealth({
    port: settings.ALO_HTTP_PORT,
    isLive: () => undefined,
    isReady: () => problem,
    metrics: telemetry.metrics,
  });
  const teller = makeTeller({
    log,
    deadLetters,
    working: `intake reads ${Object.keys(settings.intake.topics).join(', ')} into ${journal}`,
    onCondition: (condition) => {
      problem = condition.kind === 'waits' ? condition.sentence : undefined;
    },
  });
  await runIntake(
    {
      kafka: connectKafka(settings, { clientId: service, log }),
      intake: settings.intake,
      hmacKey: settings.ALO_INTAKE_HMAC_KEY ?? '',
      journal,
      deadLetters,
      groupId: settings.ALO_INTAKE_GROUP,
      sessionTimeoutMs: settings.ALO_SESSION_TIMEOUT_MS,
      teller,
      count: (topic, outcome, records) => telemetry.instruments.intakeRecords.add(records, { topic, outcome }),
    },
    stop,
  );
  log.info('intake has stopped');
  await health.close();
  await telemetry.shutdown();
};

await runService('alo-intake', (stop) => serve(readSettings(process.env), stop));
