import type { Change } from '../weaving/weaving.ts';

/** Engines that are as they should be, and yet not as today's are; by what is different. */
export const variants = {
  /** It says less of the same journal. */
  'another version': [
    { file: 'domain/src/core.ts', find: "engineVersion = '", replace: "engineVersion = 'other than " },
    { file: 'domain/src/rules.ts', find: '  standingRule,\n];', replace: '];' },
  ],
  /** Some 5,000 subscribers fill it; today's has room for a hundred times as many. */
  'short memory': [
    {
      file: 'engine/src/main.ts',
      find: 'const cacheBytesMax = 256 * 1024 * 1024;',
      replace: 'const cacheBytesMax = 0;',
    },
    {
      file: 'engine/src/main.ts',
      find: 'const cacheBytesMin = 8 * 1024 * 1024;',
      replace: 'const cacheBytesMin = 2 * 1024 * 1024;',
    },
  ],
} as const satisfies Readonly<Record<string, readonly Change[]>>;

export type Variant = keyof typeof variants;
