import { doorNamed } from './doors/doors.ts';
import type { Finding, Round, RoundResult } from './round.ts';
import { smallestFatal } from './smallest.ts';
import { type Limits, openWorkplace, type Workplace } from './workplace.ts';

/** What came of a door so far. */
export type DoorTally = { ran: number; taken: number; refused: number };

export type Tally = {
  readonly doors: Readonly<Record<string, DoorTally>>;
  readonly findings: Finding[];
};

export type Campaign = {
  readonly doors: readonly string[];
  readonly seed: number;
  readonly path: string | undefined;
  /** Told before each round of all doors, from 0 on. */
  readonly isOver: (round: number) => boolean;
  readonly limits: Limits;
  readonly onTried: (tally: Tally, door: string) => void;
  readonly onFinding: (finding: Finding) => void;
};

const tryDoor = async (workplace: Workplace, round: Round, limits: Limits): Promise<RoundResult> => {
  const ended = await workplace.ask({ round });
  if (ended.kind === 'answered') return ended.answer;
  const finding = await smallestFatal(await doorNamed(round.door), round, ended, limits);
  return { ran: ended.at, taken: 0, refused: 0, finding };
};

const add = (counts: DoorTally, { ran, taken, refused }: RoundResult): void => {
  counts.ran += ran;
  counts.taken += taken;
  counts.refused += refused;
};

/** Tries all doors in turn, each time with another seed, until it is over. A door that is broken is not tried again. */
export const runCampaign = async ({
  doors,
  seed,
  path,
  isOver,
  limits,
  onTried,
  onFinding,
}: Campaign): Promise<Tally> => {
  const workplace = openWorkplace(limits);
  const tallies = Object.fromEntries(doors.map((door) => [door, { ran: 0, taken: 0, refused: 0 }]));
  const tally: Tally = { doors: tallies, findings: [] };
  const sound = new Set(doors);
  try {
    for (let n = 0; !isOver(n); n += 1) {
      for (const door of sound) {
        const result = await tryDoor(workplace, { door, seed: seed + n, path }, limits);
        add(tallies[door] as DoorTally, result);
        onTried(tally, door);
        if (!result.finding) continue;
        sound.delete(door);
        tally.findings.push(result.finding);
        onFinding(result.finding);
      }
    }
  } finally {
    workplace.close();
  }
  return tally;
};
