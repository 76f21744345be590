import type { Difference } from '../topics/topic-differences.ts';
import type { Problem } from './problem.ts';

/** What differs in the topics, each with who mends it. */
export const topicProblems = (differences: readonly Difference[]): Problem[] =>
  differences.map(({ topic, setting, wanted, found, mend }) => ({
    area: 'topics',
    problem:
      setting === 'topic' ? `${topic} is missing` : `${setting} of ${topic} is ${found}, and should be ${wanted}`,
    mend,
  }));
