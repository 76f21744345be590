import { gone, once, overtaken, type Sabotage, sabotagesOf, seen } from './sabotage.ts';

const inPartition = sabotagesOf('runtime/src/partition.ts');
const inOneLog = sabotagesOf('runtime/src/partition/one-log.ts');
const inProgress = sabotagesOf('runtime/src/partition/progress.ts');
const inSaying = sabotagesOf('runtime/src/partition/saying.ts');
const inWorker = sabotagesOf('runtime/src/partition-worker.ts');
const inQueue = sabotagesOf('runtime/src/due-queue.ts');
const inCodec = sabotagesOf('domain/src/state-codec.ts');

const publishThenApply = `    await publish();
    await applyIfMuch();
  };

  /** From R to`;
const applyThenPublish = `    await applyIfMuch();
    await publish();
  };

  /** From R to`;

/** Redis second; from R to C in silence, and the same as before; and always over one log. */
export const sabotagesOfPartition: readonly Sabotage[] = [
  inPartition('Redis before Kafka', publishThenApply, applyThenPublish),
  inSaying('nothing is muted', 'return isMuted() ? undefined : outputs;', 'isMuted();\n      return outputs;'),
  inPartition(
    'muted by batch, and not by place',
    'const again = records.filter(({ offset }) => offset < end);',
    'const again = (records[0]?.offset ?? end) < end ? records : [];',
  ),
  inProgress('the step is left out of the place', 'a.offset - b.offset || a.step - b.step', 'a.offset - b.offset'),
  inProgress('C does not tell who was settled last', '...(position.step > 0 && { settled: settledLast }),', '', gone),
  inPartition('re-arming that was cut short is not gone on with', 'applied?.rearmedUpTo !== undefined', 'false', gone),
  inSaying('the digest is not compared at C', 'order === 0 && (said.digest', 'false && (said.digest', {
    ...gone,
    versions: ['one', 'other'],
  }),
  inPartition(
    'R moves before it is known whether this engine says the same',
    'if (progress.isBelowCommitted() && !atHand.isCrowded()) return;',
    '',
    { ...gone, versions: ['one', 'other'], bounds: { cacheBytesMax: 1_000_000 } },
  ),
  inOneLog('the states are not taken before C is read', '  await states.applied();\n  const', '  const', overtaken),
  inQueue(
    'what was re-armed does not wait for what the store has next',
    'while (window.length - at <= most && !isWhole)',
    'if (window.length - at < most && !isWhole)',
  ),
  inPartition('the due queue goes on after a write', 'progress.offset();\n    queue.reset();', 'progress.offset();'),
  inWorker('a failed write is not met at rest', 'await partition.settled();', '', overtaken),
  inCodec(
    'fingerprints are not restored',
    'const recent = takeFingerprints(hot, recentLength);',
    `takeFingerprints(hot, recentLength);\n  const recent = '';`,
    { core: 'alo' },
  ),
  inOneLog('the last record is not compared', 'const record = lastRecord === undefined', 'const record = true', {
    disaster: 'kafka-old-copy',
  }),
  seen(
    1074,
    inOneLog(
      'a record that was not there yet is not compared later',
      'if (!isCompared) await refuseOtherLog',
      'if (false) await refuseOtherLog',
      { ...once('journal-cut'), trouble: { instant: 0, slow: 0 } },
    ),
  ),
  inOneLog('R at C or past it is not compared', 'isAtLeast && (', 'false && (', once('kafka-old-copy')),
  inPartition(
    'a journal that ends before C passes',
    'if (committed && progress.isBelowCommitted())',
    'if (false && progress.isBelowCommitted())',
    {
      disaster: 'journal-cut',
    },
  ),
];
