import type { Process } from './process.ts';
import type { World } from './world.ts';

/** How a server answers a call: now, or later. */
export type Reply<Result> = { readonly done: (result: Result) => void; readonly fail: (error: Error) => void };

export type Fate = 'fine' | 'slow' | 'lost' | 'unanswered' | 'late';

/** The clients ask again by themselves for what can be asked twice: so often that it fails seldom. */
const askedAgain = 5;

/** What becomes of a call. */
export const fateOf = ({ chance, trouble }: World, isRepeatable: boolean): Fate => {
  const { lost, unanswered, late, slow } = trouble;
  if (lost + unanswered + late + slow === 0) return 'fine';
  const at = chance.unit() * (isRepeatable ? askedAgain : 1);
  if (at < lost) return 'lost';
  if (at < lost + unanswered) return 'unanswered';
  if (at < lost + unanswered + late) return 'late';
  return at < lost + unanswered + late + slow ? 'slow' : 'fine';
};

/** One way over the network. */
export const wayUs = ({ chance }: World): number => 50 + chance.below(chance.happens(0.1) ? 8000 : 900);
const longUs = ({ chance }: World): number => 5000 + chance.below(250_000);
/** After so long a client gives a call up. */
const patienceUs = ({ chance }: World): number => 20_000 + chance.below(80_000);

type Asked<Result> = {
  readonly world: World;
  readonly process: Process;
  readonly what: string;
  readonly effect: (reply: Reply<Result>) => void;
};

/** A question that the client asks again by itself where it is not answered. */
export const askAgain = <Result>(...[world, process, what, effect]: Parameters<typeof ask<Result>>): Promise<Result> =>
  ask(world, process, what, effect, true);

/** A call of a process to a server, of which every part happens when the world chooses. */
export const ask = <Result>(
  world: World,
  process: Process,
  what: string,
  effect: (reply: Reply<Result>) => void,
  isRepeatable = false,
): Promise<Result> =>
  new Promise((resolve, reject) => {
    if (process.isDead()) return;
    const asked = { world, process, what, effect };
    const struck = process.called();
    if (struck?.stage === 'sent') struck.strike();
    const fate = fateOf(world, isRepeatable);
    if (fate === 'fine' && !struck && world.chance.happens(world.trouble.instant)) {
      askAtOnce(asked, { done: resolve, fail: reject });
      return;
    }
    if (world.isTold) world.tell(process.name, `asks: ${what}${fate === 'fine' ? '' : ` (${fate})`}`);
    const settle = (run: () => void) => {
      if (struck?.stage === 'answered') struck.strike();
      process.deliver(run);
    };
    const isHeard = fate === 'fine' || fate === 'slow';
    const reply: Reply<Result> = {
      done: (result) => isHeard && world.scheduler.after(wayUs(world), () => settle(() => resolve(result))),
      fail: (error) => isHeard && world.scheduler.after(wayUs(world), () => settle(() => reject(error))),
    };
    if (fate !== 'lost') {
      const delayUs =
        fate === 'late' ? patienceUs(world) + longUs(world) : fate === 'slow' ? longUs(world) : wayUs(world);
      process.sent();
      world.scheduler.after(delayUs, () => {
        process.arrived();
        take(asked, reply);
        if (struck?.stage === 'done') struck.strike();
      });
    }
    if (!isHeard) {
      const giveUp = () => settle(() => reject(new Error(`no answer to: ${what}`)));
      world.scheduler.after(patienceUs(world), giveUp);
    }
  });

const take = <Result>({ world, process, what, effect }: Asked<Result>, reply: Reply<Result>): void => {
  if (world.isTold) world.tell(process.name, `is done: ${what}`);
  effect(reply);
};

/** Done before anything else happens; only what the server puts off comes later. */
const askAtOnce = <Result>(asked: Asked<Result>, { done, fail }: Reply<Result>): void => {
  const { world, process } = asked;
  let isNow = true;
  const later = (run: () => void) => (isNow ? run() : world.scheduler.after(wayUs(world), () => process.deliver(run)));
  take(asked, { done: (result) => later(() => done(result)), fail: (error) => later(() => fail(error)) });
  isNow = false;
};
