import { makeLogger, observePartitions, startTelemetry, withTelemetry } from '@alo/runtime/live';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { startCollector } from '../../packages/runtime/src/telemetry/collector.ts';
import { journalOf, runLive } from './live-run.ts';

/* Some months are folded. */
jest.setTimeout(60_000);

/** Words that are found wherever a subscriber, an event, or what is known of one goes. */
const marks = ['khach-0912', 'viec-no', 'dealer-', 'birthday"', 'female'];

const journal = journalOf((line) =>
  line.replace('"subject":"s-', '"subject":"khach-0912').replace('"id":"', '"id":"viec-no-'),
);

let shown: Readonly<Record<'traces' | 'metrics' | 'prometheus' | 'log', string>>;
let published = '';

beforeAll(async () => {
  const lines: string[] = [];
  const logger = makeLogger({ level: 'trace', service: 'alo-engine' }, { write: (line) => void lines.push(line) });
  const collector = await startCollector();
  const telemetry = startTelemetry({
    serviceName: 'alo-engine',
    serviceVersion: '1',
    otlpEndpoint: collector.endpoint,
    tell: (sentence) => logger.warn(sentence),
  });
  const { onCondition, onProgress } = observePartitions(telemetry);
  const { outputs } = await runLive(journal, {
    measured: (ports) => withTelemetry(ports, telemetry, { partition: 0 }),
    told: {
      onCondition: (condition) => {
        onCondition(0, condition);
        logger.info({ partition: 0, ...condition }, `the partition is ${condition.kind}`);
      },
      onProgress: (at) => {
        onProgress(0, at);
        logger.debug({ partition: 0, ...at }, 'a step is done');
      },
    },
  });
  published = outputs.map((output) => (output.kind === 'trigger' ? output.text : String(output.bytes))).join('\n');
  const prometheus = await telemetry.metrics();
  await telemetry.shutdown();
  await collector.close();
  const sentTo = (path: string) =>
    collector.sent
      .filter((sent) => sent.path === path)
      .map(({ body }) => body)
      .join('\n');
  shown = { traces: sentTo('/v1/traces'), metrics: sentTo('/v1/metrics'), prometheus, log: lines.join('\n') };
});

test('what is published does name them, so that what follows says something', () => {
  const everywhere = published + journal.map(({ bytes }) => String(bytes)).join('\n');
  for (const mark of marks) expect(everywhere).toContain(mark);
  for (const mark of ['khach-0912', 'viec-no']) expect(published).toContain(mark);
});

test.each([
  { place: 'traces' as const, said: 'alo.tier.upgraded.v1' },
  { place: 'metrics' as const, said: 'alo_event_delay_seconds' },
  { place: 'prometheus' as const, said: 'alo_triggers_total{type="alo.tier.upgraded.v1"}' },
  { place: 'prometheus' as const, said: 'alo_refusals_total{code="SCHEMA"}' },
  { place: 'log' as const, said: 'the partition is running' },
])('the $place of a whole run tell of $said, and name no subscriber and no event', ({ place, said }) => {
  expect(shown[place]).toContain(said);
  for (const mark of marks) expect(shown[place]).not.toContain(mark);
});
