import type { Command } from 'commander';
import { kafkaOf } from '../live/kafka.ts';
import { liveEnvironment } from '../live/live-environment.ts';
import { openRedis } from '../live/redis-beside.ts';
import { lookUp } from '../live/state/look-up.ts';
import { tellSubscriber } from '../live/state/tell-subscriber.ts';

const examples = `
Examples:
  alo state s-17
  alo state s-17 --json
  alo state s-17 --lists

It reads Redis beside the engines and takes nothing from them. The profile is not told; of listings only their
spans are, and with --lists the lists, which may be nobody's business.
Exit codes: 0 done, also where nothing is known (JSON: null), 1 wrong use or configuration,
3 Kafka or Redis does not answer.`;

type Flags = { readonly lists?: boolean; readonly json?: boolean };

export const addStateCommand = (program: Command): void => {
  program
    .command('state')
    .description('tell what is known about a subscriber: tier, sums, protection, debt, what falls due next')
    .argument('<subscriber>', 'the reference that events name as their subject')
    .option('--lists', 'also name the lists')
    .option('--json', 'as one line of JSON')
    .addHelpText('after', examples)
    .action(stateCommand);
};

const stateCommand = async (subscriber: string, { lists = false, json }: Flags): Promise<void> => {
  const settings = liveEnvironment();
  const redis = await openRedis(settings);
  try {
    const { partition, known } = await lookUp(kafkaOf(settings), redis, {
      subscriber,
      topicPrefix: settings.KAFKA_TOPIC_PREFIX,
      keyPrefix: settings.REDIS_KEY_PREFIX,
      withLists: lists,
    });
    const words = () => (known ? tellSubscriber(known) : `nothing is known of ${subscriber} (partition ${partition})`);
    process.stdout.write(`${json ? JSON.stringify(known ?? null) : words()}\n`);
  } finally {
    await redis.close();
  }
};
