import { hash } from 'node:crypto';

/**
 * Ids of which nothing is to be remembered but that they came: each is 66 bits of SHA-256, 11 characters, one behind the
 * other in one text.
 */
export type IdMarks = string;

export const markChars = 11;

export const markOf = (id: string): string => hash('sha256', id, 'base64url').slice(0, markChars);

export const hasMark = (marks: IdMarks, id: string): boolean => {
  if (marks === '') return false;
  const mark = markOf(id);
  for (let at = marks.indexOf(mark); at !== -1; at = marks.indexOf(mark, at + 1)) {
    if (at % markChars === 0) return true;
  }
  return false;
};

/** The marks with one more; of more than so many the oldest goes. */
export const withMark = (marks: IdMarks, id: string, most: number): IdMarks =>
  (marks + markOf(id)).slice(-most * markChars);
