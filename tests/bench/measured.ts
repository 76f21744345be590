/** What one process measured of itself, printed as one line of JSON for the one that compares. */
export type Measured = {
  readonly events: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  /** Figures of this one alone. */
  readonly besides?: Readonly<Record<string, number>>;
};

/** Times a piece of work that answers with its number of events. */
export const measure = async (
  work: () => Promise<{
    readonly events: number;
    readonly timedMs?: number;
    readonly besides?: Record<string, number>;
  }>,
): Promise<void> => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { events, timedMs, besides } = await work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const measured: Measured = {
    events,
    wallMs: timedMs ?? wallMs,
    cpuMs: (user + system) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    ...(besides && { besides }),
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
};
