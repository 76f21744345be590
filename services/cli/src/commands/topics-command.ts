import type { Command } from 'commander';
import { kafkaOf } from '../live/kafka.ts';
import { kafkaEnvironment } from '../live/live-environment.ts';
import { createMissing } from '../live/topics/create-topics.ts';
import { inspectTopics } from '../live/topics/inspect-topics.ts';
import { tellDifferences } from '../live/topics/tell-differences.ts';
import type { Difference } from '../live/topics/topic-differences.ts';
import { readTopicsFile, topicsFile } from '../live/topics/topics-file.ts';
import { countArgument } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';

const examples = `
Examples:
  alo topics check
  alo topics create
  alo topics create --partitions 12 --replication 3
  alo topics create --apply-config

Kafka is reached as KAFKA_BROKERS and the other variables of Kafka say (README, Configuration).
Exit codes: 0 all topics are as they should be, 1 wrong use or configuration, 2 something differs (after
create: still differs), 3 Kafka does not answer.`;

type Flags = {
  readonly file: string;
  readonly partitions?: number;
  readonly replication?: number;
  readonly applyConfig?: boolean;
  readonly json?: boolean;
};

const withOptions = (command: Command): Command =>
  command
    .option('--file <file>', 'what topics there should be (see infra/kafka/README.md)', topicsFile)
    .option('--partitions <number>', 'partitions of the journal and of all that follow it', countArgument)
    .option('--replication <number>', 'replicas of each partition; 1 takes the settings for one broker', countArgument)
    .option('--json', 'what differs, and what was done, as one line of JSON')
    .addHelpText('after', examples);

export const addTopicsCommand = (program: Command): void => {
  const topics = program
    .command('topics')
    .description('compare the topics in Kafka with what they should be, and create them')
    .addHelpText('after', examples);
  withOptions(
    topics.command('check').description('tell every difference between the topics there are and those there should be'),
  ).action(check);
  withOptions(
    topics.command('create').description('show what differs, then create the topics that are missing; deletes nothing'),
  )
    .option('--apply-config', 'also set the config of topics that are there to what it should be')
    .action(create);
};

const inspect = async ({ file, partitions, replication }: Flags) => {
  const settings = kafkaEnvironment();
  const wish = { file: await readTopicsFile(file), prefix: settings.KAFKA_TOPIC_PREFIX, partitions, replication };
  const kafka = kafkaOf(settings);
  return { kafka, again: () => inspectTopics(kafka, wish), inspected: await inspectTopics(kafka, wish) };
};

const say = (text: string) => process.stdout.write(`${text}\n`);

const conclude = (differences: readonly Difference[]): void => {
  if (differences.length > 0) process.exitCode = exitCodes.problems;
};

const check = async (flags: Flags): Promise<void> => {
  const { wanted, differences } = (await inspect(flags)).inspected;
  if (flags.json) say(JSON.stringify({ topics: wanted.length, differences }));
  else if (differences.length === 0) say(`all ${wanted.length} topics are as they should be`);
  else say(tellDifferences(differences));
  conclude(differences);
};

const create = async (flags: Flags): Promise<void> => {
  const { kafka, inspected, again } = await inspect(flags);
  if (!flags.json && inspected.differences.length > 0) say(tellDifferences(inspected.differences));
  const done = await createMissing(kafka, inspected, { applyConfig: flags.applyConfig ?? false });
  const left = (await again()).differences;
  if (flags.json) say(JSON.stringify({ ...done, before: inspected.differences, differences: left }));
  else say(inWords(done, left.length));
  conclude(left);
};

const inWords = (
  { created, set }: { readonly created: readonly string[]; readonly set: readonly string[] },
  left: number,
): string => {
  const done = [
    ...(created.length > 0 ? [`created ${created.join(', ')}`] : []),
    ...(set.length > 0 ? [`set ${set.join(', ')}`] : []),
  ];
  const after =
    left === 0
      ? 'all topics are as they should be'
      : `${left} ${left === 1 ? 'difference is' : 'differences are'} left`;
  return [...done, after].join('\n');
};
