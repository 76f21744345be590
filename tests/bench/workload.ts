import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { writeLines } from '../../services/cli/src/commands/simulate-command.ts';
import { simulate } from '../../services/cli/src/simulate/simulate.ts';

/** A simulated life of about so many events, in a file that is made once and kept. */
export type Workload = { readonly subscribers: number; readonly days: number; readonly chargesPerDay: number };

export const folder = join(import.meta.dirname, '../../bench-data');
/** The policies that are measured: one that ships, and one in which every section has something to do. */
export const policies = {
  mobifone: join(import.meta.dirname, '../../infra/policies/mobifone.json'),
  everySection: join(import.meta.dirname, 'every-section.json'),
};

/** The file of a workload's events. */
export const eventsOf = async ({ subscribers, days, chargesPerDay }: Workload): Promise<string> => {
  const file = join(folder, `events-${subscribers}-${days}-${chargesPerDay}.ndjson`);
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true });
  await writeLines(simulate({ subscribers, days, chargesPerDay }), `${file}.part`);
  await rename(`${file}.part`, file);
  return file;
};
