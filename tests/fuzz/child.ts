import { openSync, writeSync } from 'node:fs';
import { doorNamed } from './doors/doors.ts';
import { runRound } from './round.ts';
import type { Answer, Question } from './workplace.ts';

/**
 * Where doors are tried: a process of its own, with a bound on its memory, which may hang or die. Which case it is at
 * stands in a file, where it can be read whatever becomes of the process.
 */
const [file = '', rssBytesMax = '0'] = process.argv.slice(2);
const place = openSync(file, 'w');
const number = Buffer.alloc(4);
const swollenCode = 77;

const kilobyte = 1024;

const mark = (n: number): void => {
  // The most that the process ever had: it comes from the cases before.
  if (process.resourceUsage().maxRSS * kilobyte > Number(rssBytesMax)) process.exit(swollenCode);
  number.writeInt32LE(n);
  writeSync(place, number, 0, number.length, 0);
};

const answerTo = async ({ round, limits, lone }: Question): Promise<Answer> => {
  const door = await doorNamed(round.door);
  if (!lone) return runRound(door, round, { ...limits, onCase: mark });
  mark(0);
  await door.tryCase(lone.one).catch(() => undefined);
  mark(1);
  return { ran: 1, taken: 0, refused: 0, finding: undefined };
};

process.on('message', (question: Question) => {
  answerTo(question).then(
    (answer) => process.send?.(answer),
    (error: Error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
});
