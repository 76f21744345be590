import type { Command } from 'commander';
import { kafkaOf } from '../live/kafka.ts';
import { kafkaEnvironment } from '../live/live-environment.ts';
import { tail } from '../live/tail/tail.ts';
import { tailWords, topicsToTail } from '../live/tail/tail-topics.ts';
import { asJson, asSentence } from '../live/tail/tell-record.ts';
import { watchInterruption } from '../run/interruption.ts';
import { exitCodes } from './exit-codes.ts';

const examples = `
Examples:
  alo tail
  alo tail suspensions --json
  alo tail tiers gifts --from-beginning | head

Only what is committed is told, as services downstream see it. ${tailWords.slice(0, -2).join(', ')} and ${tailWords.at(-2)}
can be named, and dead-letters; without a name all are told but compliance and dead-letters, which are restricted.
Exit codes: 130 ended by Ctrl-C, 0 when whoever read it has gone, 1 wrong use or configuration,
3 Kafka did not answer at the start. Later it is waited for.`;

type Flags = { readonly fromBeginning?: boolean; readonly json?: boolean };

export const addTailCommand = (program: Command): void => {
  program
    .command('tail')
    .description('tell triggers as they come, a sentence each, until Ctrl-C')
    .argument('[topics...]', 'what to listen to, such as tiers')
    .option('--from-beginning', 'first tell all that is still there')
    .option('--json', 'each as a line of JSON, a structured CloudEvent')
    .addHelpText('after', examples)
    .action(tailCommand);
};

const tailCommand = async (words: readonly string[], { fromBeginning = false, json }: Flags): Promise<void> => {
  const asked = topicsToTail(words);
  const settings = kafkaEnvironment();
  const interruption = watchInterruption();
  await tail(kafkaOf(settings), {
    topics: asked.map((topic) => `${settings.KAFKA_TOPIC_PREFIX}${topic}`),
    fromBeginning,
    asLine: json ? asJson : asSentence,
    interruption,
    onTold: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  const isStopped = interruption.reason() === 'signal';
  interruption.release();
  if (isStopped) process.exitCode = exitCodes.interrupted;
};
