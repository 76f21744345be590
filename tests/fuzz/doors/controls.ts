import fc from 'fast-check';
import { type Door, insist, makeDoor, type Outcome } from '../door.ts';

const cases = fc.uint8Array({ maxLength: 40, size: 'max' });
const badByte = 0x2a;

type Options = { readonly name: string; readonly onBadByte: () => void };

/** A door that is right but for one byte. */
const broken = ({ name, onBadByte }: Options): Door =>
  makeDoor({
    name,
    casesPerRound: 2000,
    cases,
    render: (bytes) => bytes,
    enter: (bytes): Outcome => {
      if (bytes.includes(badByte)) onBadByte();
      return 'taken';
    },
    refuses: (error) => error instanceof RangeError,
  });

const spin = (): void => {
  while (badByte);
};

/** On the heap, where it is as much at home as off it. */
const eat = (): void => {
  const eaten: string[][] = [];
  for (;;) eaten.push(Array.from({ length: 100_000 }, (_, n) => `${n}-${eaten.length}`));
};

const megabyte = 1024 * 1024;

/** Off the heap, where V8 sets no bound; it lets go again, for the machine has other users. */
const hoard = (): void => {
  const hoarded = Array.from({ length: 16 }, () => Buffer.alloc(64 * megabyte, badByte));
  insist(hoarded.length === 16, 'memory is short');
};

const toilUs = 200_000;

/** Comes to an end, but not soon. */
const toil = (): void => {
  for (const before = process.cpuUsage(); process.cpuUsage(before).user < toilUs; );
};

/** Doors that are broken on purpose: who does not find these finds nothing. */
export const controls: readonly Door[] = [
  broken({
    name: 'control-throws',
    onBadByte: () => {
      throw new TypeError('no refusal of anybody');
    },
  }),
  broken({ name: 'control-forgets', onBadByte: () => insist(false, 'what was written is another when it is read') }),
  broken({ name: 'control-hangs', onBadByte: spin }),
  broken({ name: 'control-toils', onBadByte: toil }),
  broken({ name: 'control-eats', onBadByte: eat }),
  broken({ name: 'control-hoards', onBadByte: hoard }),
];
