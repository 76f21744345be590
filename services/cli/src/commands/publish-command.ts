import type { Command } from 'commander';
import { kafkaOf } from '../live/kafka.ts';
import { kafkaAndPerhapsRedis } from '../live/live-environment.ts';
import { type PublishResult, publish } from '../live/publish/publish.ts';
import type { Placement } from '../live/publish/publish-plan.ts';
import { openRedisIfThere } from '../live/redis-beside.ts';
import { tableOf } from '../live/table.ts';
import { loadPolicy } from '../run/policy-file.ts';

const examples = `
Examples:
  alo policy publish infra/policies/mobifone.json --dry-run
  alo policy publish infra/policies/mobifone.json

A version only rises: an older one, or the same one with other content, is refused, and written nowhere. Partitions
that have the policy already are passed over, so that a publication that was cut short is given again to go on.
What runs is known from Redis where REDIS_URL is set; else from the journal, which may take long.
Exit codes: 0 done, 1 wrong use or configuration, or the policy cannot follow the one that runs,
3 Kafka failed (give the same command again).`;

type Flags = { readonly dryRun?: boolean; readonly json?: boolean };

export const addPublishCommand = (policy: Command): void => {
  policy
    .command('publish')
    .description('make a policy take effect: write it to every partition of the journal')
    .argument('<file>', 'the policy, JSON')
    .option('--dry-run', 'only tell what would be written where')
    .option('--json', 'the result as one line of JSON')
    .addHelpText('after', examples)
    .action(publishCommand);
};

const tell = (sentence: string) => process.stderr.write(`${sentence}\n`);
const tellEveryMs = 2000;

/** A line every two seconds on standard error, while the journal is looked through. */
const makeProgress = () => {
  let read = 0;
  let toldAtMs = Date.now();
  return (records: number) => {
    read += records;
    if (Date.now() - toldAtMs < tellEveryMs) return;
    toldAtMs = Date.now();
    tell(`${read.toLocaleString('en-US')} records of the journal looked through for the policy that runs`);
  };
};

const publishCommand = async (file: string, { dryRun = false, json }: Flags): Promise<void> => {
  const settings = kafkaAndPerhapsRedis();
  const policy = await loadPolicy(file);
  const redis = await openRedisIfThere(settings, (why) => tell(`${why}; the journal is looked through instead`));
  const written: number[] = [];
  try {
    const result = await publish(policy, {
      kafka: kafkaOf(settings),
      redis,
      topicPrefix: settings.KAFKA_TOPIC_PREFIX,
      keyPrefix: settings.REDIS_KEY_PREFIX,
      dryRun,
      onRead: makeProgress(),
      onWritten: (partition) => written.push(partition),
    });
    process.stdout.write(
      `${json ? JSON.stringify({ policy: policy.name, dryRun, ...result }) : inWords(policy.name, result, dryRun)}\n`,
    );
  } catch (error) {
    if (written.length > 0) tell(`written to partitions ${written.join(', ')}; give the same command again to go on`);
    throw error;
  } finally {
    await redis?.close();
  }
};

const doing = (does: Placement['does'], dryRun: boolean): string =>
  does === 'pass-over' ? 'has it already' : dryRun ? 'would be written' : 'written';

const inWords = (
  { id, version, hash }: { readonly id: string; readonly version: number; readonly hash: string },
  { topic, placements }: PublishResult,
  dryRun: boolean,
): string => {
  const rows = placements.map(({ partition, runs, does }) => [
    `${partition}`,
    runs ? `${runs.id} version ${runs.version}` : 'no policy',
    doing(does, dryRun),
  ]);
  return [
    `policy ${id} version ${version}, hash ${hash}, to ${topic}:`,
    tableOf(['partition', 'ran', 'now'], rows),
  ].join('\n');
};
