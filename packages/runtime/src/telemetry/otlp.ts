import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { type MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace';

/** Spans that wait for a collector. Those beyond are dropped: whoever is slow there holds nobody up here. */
const queuedSpansMax = 4096;
const batchSpansMax = 512;
const sendSpansEveryMs = 1000;
const sendMetricsEveryMs = 15_000;
/** After this, tries included, what was to be sent is dropped. */
const sendMsMax = 3000;
/** At the end all that waits is sent at once, beside what is under way. */
const concurrentSendsMax = Math.ceil(queuedSpansMax / batchSpansMax) + 1;

type Tell = (sentence: string) => void;
type Sending<Items> = {
  export: (items: Items, done: (result: { code: number; error?: Error }) => void) => void;
};

const succeeded = 0;

/** Tells once when sending begins to fail, and once when it goes again. */
const tellChanges = <Items>(exporter: Sending<Items>, what: string, where: string, tell: Tell): void => {
  const send = exporter.export.bind(exporter);
  let isFailing = false;
  exporter.export = (items, done) =>
    send(items, (result) => {
      const fails = result.code !== succeeded;
      if (fails && !isFailing) tell(`${what} cannot be sent to ${where}, and are dropped: ${reasonOf(result.error)}`);
      if (!fails && isFailing) tell(`${what} are sent to ${where} again`);
      isFailing = fails;
      done(result);
    });
};

const reasonOf = (error: Error | undefined): string =>
  error?.message || (error as NodeJS.ErrnoException | undefined)?.code || 'it does not answer';

const optionsFor = (endpoint: string, signal: string) => ({
  url: `${endpoint.replace(/\/+$/, '')}/v1/${signal}`,
  timeoutMillis: sendMsMax,
  concurrencyLimit: concurrentSendsMax,
});

/** An endpoint without what must not be shown. */
const shown = (endpoint: string): string => {
  const { protocol, host, pathname } = new URL(endpoint);
  return `${protocol}//${host}${pathname}`;
};

/** Sends spans by OTLP over HTTP, in batches, and drops what a collector does not take. */
export const otlpSpans = (endpoint: string, tell: Tell): SpanProcessor => {
  const exporter = new OTLPTraceExporter(optionsFor(endpoint, 'traces'));
  tellChanges(exporter, 'traces', shown(endpoint), tell);
  return new BatchSpanProcessor({
    exporter,
    maxQueueSize: queuedSpansMax,
    maxExportBatchSize: batchSpansMax,
    scheduledDelayMillis: sendSpansEveryMs,
    exportTimeoutMillis: sendMsMax,
  });
};

/** Sends metrics by OTLP over HTTP every few seconds. */
export const otlpMetrics = (endpoint: string, tell: Tell): MetricReader => {
  const exporter = new OTLPMetricExporter(optionsFor(endpoint, 'metrics'));
  tellChanges(exporter, 'metrics', shown(endpoint), tell);
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: sendMetricsEveryMs,
    exportTimeoutMillis: sendMsMax,
  });
};
