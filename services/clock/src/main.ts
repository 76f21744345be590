import { setTimeout as delay } from 'node:timers/promises';
import { topics } from '@alo/contracts';
import { InfrastructureError } from '@alo/runtime';
import {
  connectKafka,
  makeLogger,
  oncePossible,
  openPartitionWriter,
  openTopicEnds,
  type PartitionWriter,
  runService,
  serveHealth,
  startTelemetry,
  type Telemetry,
  type TopicEnds,
} from '@alo/runtime/live';
import { type ClockSettings, readSettings } from './config.ts';
import { tickText } from './tick.ts';
import { makeQuietWatch } from './tick-quiet.ts';

const version = '0.1.0';

type Journal = { readonly ends: TopicEnds; readonly writer: PartitionWriter };

const serve = async (settings: ClockSettings, stop: AbortSignal): Promise<void> => {
  const service = settings.OTEL_SERVICE_NAME ?? 'alo-clock';
  const journal = `${settings.KAFKA_TOPIC_PREFIX}${topics.journal}`;
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
  const kafka = connectKafka(settings, { clientId: service, log });
  const wait = (why: string) => {
    problem = why;
    log.warn(`the clock waits, and tries again: ${why}`);
  };
  const open = async (): Promise<Journal> => ({
    ends: await openTopicEnds(kafka, journal),
    writer: await openPartitionWriter(kafka, journal),
  });
  while (!stop.aborted) {
    const opened = await oncePossible(open, { signal: stop, onWait: wait });
    if (!opened) break;
    problem = undefined;
    log.info(`the clock ticks in ${journal} every ${settings.ALO_TICK_MS} ms, where nothing else moves it`);
    await tickUntilFault(opened, settings.ALO_TICK_MS, telemetry, stop).catch((error) => {
      if (!(error instanceof InfrastructureError)) throw error;
      wait(error.message);
    });
    await Promise.all([opened.ends.close(), opened.writer.close()]);
  }
  log.info('the clock has stopped');
  await health.close();
  await telemetry.shutdown();
};

const tickUntilFault = async (
  { ends, writer }: Journal,
  everyMs: number,
  { instruments }: Pick<Telemetry, 'instruments'>,
  stop: AbortSignal,
): Promise<void> => {
  const watch = makeQuietWatch();
  while (!stop.aborted) {
    for (const partition of watch.quiet(await ends.read())) {
      await writer.write(partition, tickText(Date.now()));
      watch.ticked(partition);
      instruments.ticks.add(1);
    }
    await delay(everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
};

await runService('alo-clock', (stop) => serve(readSettings(process.env), stop));
