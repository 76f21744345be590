import { integer, pick, type Random } from './random.ts';

/** Ways in which lines get damaged; alo takes none of them. */
const damages: readonly ((random: Random, line: string) => string)[] = [
  (random, line) => line.slice(0, integer(random, 1, line.length - 1)),
  (_, line) => line.replace(/"subject":"[^"]*",/, ''),
  (_, line) => line.replace('Z","data"', '","data"'),
  (_, line) => line.replace('.v1","subject"', '.v9","subject"'),
  (_, line) => line.replace('"specversion":"1.0"', '"specversion":"0.3"'),
  (_, line) => line.replaceAll('"', "'"),
];

/** The line cut off, without its subject or its zone, of an unknown type or version, or with the wrong quotes. */
export const breakLine = (random: Random, line: string): string => pick(random, damages)(random, line);
