import { inOrderOfArrival } from './arrivals.ts';
import { type Sent, sentOn } from './day-plan.ts';
import { type SimulateOptions, type World, worldOf } from './world.ts';

/**
 * The life of a carrier: the lines of a journal (structured CloudEvents, without line ends) in journal order. The same
 * options give the same bytes on every machine. What is still on its way at the end arrives at the end.
 */
export const simulate = (options: SimulateOptions): Iterable<string> => {
  const world = worldOf(options);
  return inOrderOfArrival(world, sentOnAllDays(world));
};

function* sentOnAllDays(world: World): Generator<Sent> {
  for (let day = world.startDay; day < world.startDay + world.days; day++) yield* sentOn(world, day);
}
