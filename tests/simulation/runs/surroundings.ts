import { here } from './machine.ts';

/** What of its surroundings a run on a simulated machine asks for, besides its files and its database. */

export const watchInterruption = () => here().process.interruption;

export const showProgress = () => ({ update: () => undefined, stop: () => undefined });

export const partitionDefaults = () => ({ ...here().process.bounds, inFlightMax: here().world.chance.between(1, 6) });
