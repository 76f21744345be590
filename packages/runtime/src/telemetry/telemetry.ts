import { context, type Meter, ProxyTracerProvider, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { AlwaysOnSampler, ParentBasedSampler, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { attributeNames } from './attribute-names.ts';
import { type Instruments, makeInstruments } from './instruments.ts';
import { otlpMetrics, otlpSpans } from './otlp.ts';

export type TelemetryOptions = {
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** Where traces and metrics are sent, by OTLP over HTTP; nothing is sent where there is none. */
  readonly otlpEndpoint?: string | undefined;
  /** Told in a sentence when they cannot be sent any more, and when they can again. */
  readonly tell?: (sentence: string) => void;
  /** Who else is given every span. */
  readonly spanProcessors?: readonly SpanProcessor[];
};

export type Telemetry = {
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly instruments: Instruments;
  /** All metrics as Prometheus reads them. Rejects once all is shut down. */
  readonly metrics: () => Promise<string>;
  /** Sends what is left, and resolves within a second whatever becomes of it. */
  readonly shutdown: () => Promise<void>;
};

const scope = 'alo';
const shutdownMsMax = 1000;

/** Begins to measure. Nothing that happens to a collector is felt by who is measured. */
export const startTelemetry = ({
  serviceName,
  serviceVersion,
  otlpEndpoint,
  tell = () => undefined,
  spanProcessors = [],
}: TelemetryOptions): Telemetry => {
  const resource = resourceFromAttributes({
    [attributeNames.serviceName]: serviceName,
    [attributeNames.serviceVersion]: serviceVersion,
  });
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const sent = otlpEndpoint === undefined ? [] : [otlpMetrics(otlpEndpoint, tell)];
  const meters = new MeterProvider({ resource, readers: [prometheus, ...sent] });
  const processors = otlpEndpoint === undefined ? spanProcessors : [...spanProcessors, otlpSpans(otlpEndpoint, tell)];
  const tracers = processors.length === 0 ? undefined : tracersTo(processors, resource);
  const meter = meters.getMeter(scope, serviceVersion);
  const isOurs = context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return {
    tracer: (tracers ?? new ProxyTracerProvider()).getTracer(scope, serviceVersion),
    meter,
    instruments: makeInstruments(meter),
    metrics: () => prometheusText(prometheus),
    shutdown: async () => {
      await withinMs(shutdownMsMax, Promise.allSettled([tracers?.shutdown(), meters.shutdown()]));
      if (isOurs) context.disable();
    },
  };
};

const tracersTo = (
  processors: readonly SpanProcessor[],
  resource: ReturnType<typeof resourceFromAttributes>,
): TracerProvider =>
  new TracerProvider({
    resource,
    spanProcessors: [...processors],
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  });

const prometheusText = async (prometheus: PrometheusExporter): Promise<string> => {
  const { resourceMetrics } = await prometheus.collect();
  const [withTimestamps, withoutTarget, withoutScope] = [false, true, true];
  return new PrometheusSerializer('', withTimestamps, undefined, withoutTarget, withoutScope).serialize(
    resourceMetrics,
  );
};

const withinMs = async (ms: number, work: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
};
