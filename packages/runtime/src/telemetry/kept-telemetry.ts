import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { startTelemetry } from './telemetry.ts';

/** Telemetry to try things with: its spans are kept at hand, and each series of its metrics can be asked for. */
export const keptTelemetry = () => {
  const exporter = new InMemorySpanExporter();
  const telemetry = startTelemetry({
    serviceName: 'tried',
    serviceVersion: '1',
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  return {
    ...telemetry,
    spans: () => exporter.getFinishedSpans(),
    series: async () => seriesOf(await telemetry.metrics()),
  };
};

/** Each series of a text as Prometheus reads it, and its value. */
export const seriesOf = (text: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const end = line.lastIndexOf(' ');
        return [line.slice(0, end), Number(line.slice(end + 1))];
      }),
  );
