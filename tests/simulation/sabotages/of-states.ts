import type { Emphasis } from '../plan.ts';
import { often, overtaken, type Sabotage, sabotagesOf, seen, torn } from './sabotage.ts';

const inStates = sabotagesOf('runtime/src/redis/redis-states.ts');
const inOwnership = sabotagesOf('runtime/src/redis/ownership.ts');
const inCommands = sabotagesOf('runtime/src/redis/commands.ts');
const packedWrite = 'runtime/src/redis/packed-write.ts';
const inWrite = sabotagesOf(packedWrite);
const inPartition = sabotagesOf('runtime/src/partition.ts');
const inRows = sabotagesOf('runtime/src/partition/subscriber-rows.ts');
const inSaying = sabotagesOf('runtime/src/partition/saying.ts');
const inSubscribers = sabotagesOf('runtime/src/partition/subscribers.ts');

const loadLook = `    if (!isAsExpected(answers.at(-1), expected)) throw doubtOf(place);
    return answers.slice(0, -1);`;
const earlyIndex = `      ...due.commands('ZADD', keys.due, 'LT'),\n`;
const lateIndex = `      ...due.commands('ZADD', keys.due),\n`;
const valuesThenR = `      ...values.commands('MSET'),
      textCommand('SET', keys.header, header),`;
const rThenValues = `      textCommand('SET', keys.header, header),
      ...values.commands('MSET'),`;
/** What was written by halves is folded again, and that is cut short. */
const tornAgain = often(
  ...(['redis-torn', 'redis-torn', 'redis-torn', 'redis-old-copy'] as const),
  ...(['kill-recovering', 'kill-recovering', 'pause-recovering'] as const),
);
/** Next to nothing else, and many records of one instant. */
const tornAtOnce: Emphasis = { faults: ['redis-torn', 'redis-torn', 'redis-torn'], gapsMs: [0, 0, 0, 7, 30] };
const tornInRows: Emphasis = { ...torn, gapsMs: [0, 1, 8], bounds: { changedMax: 5, recordsMax: 1000 } };
const indexedAnew = '    if (dueAt !== undefined) queue.add({ dueAt, subscriber });\n';
const wholeIndexEarly = `      ...due.commands('ZADD', keys.due),
      ...notDue.commands('ZREM', keys.due),\n`;

/** What Redis holds, and who may write it. */
export const sabotagesOfStates: readonly Sabotage[] = [
  seen(
    92,
    inOwnership(
      'R and its owner are not watched while states are written',
      `'WATCH', epoch, header`,
      `'WATCH', 'nothing'`,
      overtaken,
    ),
  ),
  seen(
    44,
    inStates(
      'R and its owner are not compared when states are read',
      loadLook,
      'return answers.slice(0, -1);',
      overtaken,
    ),
  ),
  inCommands('a connection made anew passes for the old one', '|| redis.stream !== stream', '', {
    faults: ['redis-restart', 'redis-restart', 'redis-cut', 'redis-restart'],
    bounds: { cacheBytesMax: 1_000_000, changedMax: 1000, recordsMax: 1000 },
  }),
  inWrite('R is written before the values', valuesThenR, rThenValues, torn),
  {
    name: 'the due index is not written',
    changes: [
      { file: packedWrite, find: earlyIndex, replace: '' },
      { file: packedWrite, find: lateIndex, replace: '' },
    ],
    where: {},
  },
  inWrite('the index moves later before the values are written', earlyIndex, wholeIndexEarly, torn),
  inWrite('the index gains nothing before the values are written', earlyIndex, '', torn),
  inRows('the marks of values are ignored', 'if (value) torn.meet(subscriber, value);', '', torn),
  seen(
    289,
    inPartition(
      'what a value holds already is said again',
      `outputs.length > 0 && !isIn`,
      `outputs.length > 0`,
      tornInRows,
    ),
  ),
  inPartition('what a value holds already is counted again', `isIn ? unmoved : subscribers`, `subscribers`, torn),
  inSubscribers(
    'who was woken without cause is not indexed anew',
    `${indexedAnew}    if (atHand`,
    '    if (atHand',
    torn,
  ),
  seen(
    4433,
    inSubscribers(
      'who was woken without cause and has changed is not indexed anew',
      'if (row === nowhere) return;\n    const dueAt',
      'if (row === nowhere || atHand.isChanged(row)) return;\n    const dueAt',
      tornAtOnce,
    ),
  ),
  seen(
    178_590,
    inSubscribers(
      'what stands ahead leaves before its turn',
      'if (torn.isAhead(subscriber)) atHand.hold(row);\n    else',
      'if (!torn.isAhead(subscriber))',
    ),
  ),
  seen(
    300,
    inPartition('what was written unverified passes for verified', 'applied?.isUnverified !== true', 'true', tornAgain),
  ),
  inSaying('what cannot be verified is not taken over', `order === 0 && !torn.isVerified()`, `false`, torn),
];
