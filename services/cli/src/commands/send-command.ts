import type { Command } from 'commander';
import { kafkaOf } from '../live/kafka.ts';
import { kafkaEnvironment } from '../live/live-environment.ts';
import { send } from '../live/send/send.ts';
import type { Sent } from '../live/send/send-lines.ts';
import { watchInterruption } from '../run/interruption.ts';
import { exitCodes } from './exit-codes.ts';

const examples = `
Examples:
  alo send --topic operator.usage.v1 --events events.ndjson
  alo simulate --subscribers 2000 --days 30 | alo send --topic operator.usage.v1

Each line goes as it is, keyed by its subject, so that what concerns a subscriber stays in order. Nothing is
checked: what is no event is for who reads the topic to refuse. Whoever sends twice sends twice.
Exit codes: 0 done, 1 wrong use or configuration, 2 a line was too large for the broker, 3 Kafka does not
answer (what was told as sent is there; the rest may be), 130 stopped by Ctrl-C.`;

type Flags = { readonly topic: string; readonly events: string; readonly json?: boolean };

export const addSendCommand = (program: Command): void => {
  program
    .command('send')
    .description('send events to a topic in Kafka, for samples and tests')
    .requiredOption('--topic <name>', "the topic's whole name: nothing is put in front of it")
    .option('--events <file>', 'structured CloudEvents, one JSON object a line; - for standard input', '-')
    .option('--json', 'the summary as one line of JSON')
    .addHelpText('after', examples)
    .action(sendCommand);
};

const tellEveryMs = 2000;
const figure = (count: number) => count.toLocaleString('en-US');

/** A line every two seconds on standard error. */
const makeProgress = () => {
  let toldAtMs = Date.now();
  return ({ sent }: Sent, { done, of }: { readonly done: number; readonly of: number | undefined }) => {
    if (Date.now() - toldAtMs < tellEveryMs) return;
    toldAtMs = Date.now();
    const share = of ? ` (${Math.floor((done / of) * 100)} %)` : '';
    process.stderr.write(`${figure(sent)} events sent${share}\n`);
  };
};

const sendCommand = async ({ topic, events, json }: Flags): Promise<void> => {
  const kafka = kafkaOf(kafkaEnvironment());
  const interruption = watchInterruption();
  const sent = await send(kafka, { topic, events, interruption, onProgress: makeProgress() });
  const isStopped = interruption.reason() === 'signal';
  interruption.release();
  process.stdout.write(`${json ? JSON.stringify({ topic, ...sent }) : inWords(topic, sent)}\n`);
  if (isStopped) process.exitCode = exitCodes.interrupted;
  else if (sent.tooLarge > 0) process.exitCode = exitCodes.problems;
};

const inWords = (topic: string, { sent, withoutSubject, tooLarge }: Sent): string =>
  [
    `${figure(sent)} events sent to ${topic}`,
    ...(withoutSubject > 0 ? [`${figure(withoutSubject)} of the lines had no subject`] : []),
    ...(tooLarge > 0 ? [`${figure(tooLarge)} lines were too large for the broker and were not sent`] : []),
  ].join('; ');
