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
  const unknown = asked.filter((word) => !topicNamed(word));
  if (unknown.length === 0) return [...new Set(asked.flatMap((word) => topicNamed(word) ?? []))];
  throw new WrongUse(`there are no triggers on ${unknown.join(', ')}; listen to ${tailWords.join(', ')}`);
};

const topicNamed = (word: string): string | undefined =>
  heard.get(word) ?? [...heard.values()].find((topic) => topic === word);
