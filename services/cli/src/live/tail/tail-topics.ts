import { topics } from '@alo/contracts';
import { WrongUse } from '@alo/runtime';

/** What can be listened to, by the word between `alo.` and `.v1`. */
const heard = new Map(
  [
    topics.tiers,
    topics.gifts,
    topics.suspensions,
    topics.care,
    topics.compliance,
    topics.standing,
    topics.deadLetters,
  ].map((topic) => [topic.slice(4, -3), topic]),
);

/** Restricted topics are heard only where they are asked for. */
const restricted: readonly string[] = [topics.compliance, topics.deadLetters];

export const tailWords = [...heard.keys()];

/** The topics that were asked for, by word or by name; all that are not restricted where none was. */
export const topicsToTail = (asked: readonly string[]): string[] => {
  if (asked.length === 0) return [...heard.values()].filter((topic) => !restricted.includes(topic));
  return [...new Set(asked.map(topicNamed))];
};

const topicNamed = (word: string): string => {
  const found = heard.get(word) ?? [...heard.values()].find((topic) => topic === word);
  if (found) return found;
  throw new WrongUse(`there are no triggers on ${word}; listen to ${tailWords.join(', ')}`);
};
