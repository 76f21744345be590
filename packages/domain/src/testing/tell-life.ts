/**
 * Tells a life in a process of its own: under whatever TZ it runs, and with the clock, where an argument names one,
 * turned to that instant before anything of the domain is loaded. Prints all that is said, byte for byte.
 */
const clock = process.argv[2];
if (clock) {
  const turned = Date.parse(clock);
  globalThis.Date = class extends Date {
    constructor(...given: readonly [] | readonly [number | string]) {
      super(given.length === 0 ? turned : given[0]);
    }
    static override now() {
      return turned;
    }
  } as DateConstructor;
}

const { longLife } = await import('./long-life.ts');
process.stdout.write(longLife());
