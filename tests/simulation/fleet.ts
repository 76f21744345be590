import { type SimulatedEngine, type Surroundings, startSimulated } from './engines.ts';
import type { Plan } from './plan.ts';
import { type Process, stages } from './process.ts';

const stragglingUs = 10_000_000;

/** The engines of a run: as many as planned, each replaced by another when it has ended. */
export const makeFleet = (around: Surroundings, plan: Plan) => {
  const { world } = around;
  const { chance, scheduler } = world;
  const slots: SimulatedEngine[] = [];
  const everyone: SimulatedEngine[] = [];
  const struckNext: ((engine: SimulatedEngine, slot: number) => void)[] = [];
  let straggler: Process | undefined;
  let isClosed = false;

  const add = (slot: number): SimulatedEngine => {
    const engine = startSimulated(around, {
      name: `e${everyone.length + 1}`,
      version: chance.pick(plan.versions),
      bounds: chance.pick(plan.bounds),
    });
    slots[slot] = engine;
    everyone.push(engine);
    return engine;
  };

  const replace = (slot: number, gone: SimulatedEngine) =>
    scheduler.after(chance.between(1000, 150_000), () => {
      if (slots[slot] === gone && !isClosed) add(slot);
      scheduler.wake();
    });

  const at = (whom: number): { slot: number; engine: SimulatedEngine } => {
    const slot = Math.floor(whom * slots.length);
    return { slot, engine: slots[slot] as SimulatedEngine };
  };

  const kill = (slot: number, engine: SimulatedEngine) => {
    engine.process.kill();
    around.group.expel(engine.process, chance.between(5000, 60_000));
    replace(slot, engine);
  };

  return {
    /** One more that is halted in its recovery, and goes on when another has taken over. */
    addStraggler: (): void => {
      const { process } = add(slots.length);
      process.arm(chance.between(4, 34), chance.pick(stages), () => process.pause(stragglingUs));
      straggler = process;
    },
    straggler: (): Process | undefined => straggler,
    everyone: (): readonly SimulatedEngine[] => everyone,
    startAll: (): void => {
      for (let slot = 0; slot < plan.engines; slot += 1) add(slot);
    },
    at,
    kill,
    killAll: (): void => {
      for (const [slot, engine] of slots.entries()) kill(slot, engine);
    },
    /** Told of the next engine that begins to recover a partition. */
    onRecovering: (strike: (engine: SimulatedEngine, slot: number) => void): void => {
      struckNext.push(strike);
    },
    recovers: (engine: SimulatedEngine): void => {
      const slot = slots.indexOf(engine);
      if (slot !== -1) struckNext.shift()?.(engine, slot);
    },
    /** Asked to stop, it ends what it does first. */
    stop: (slot: number, engine: SimulatedEngine): void => {
      engine.process.deliver(() => {
        void engine.engine.stop().then(() => {
          engine.process.kill();
          replace(slot, engine);
        });
      });
    },
    isClosed: (): boolean => isClosed,
    /** From now on nobody is replaced. */
    close: (): void => {
      isClosed = true;
    },
  };
};

export type Fleet = ReturnType<typeof makeFleet>;
