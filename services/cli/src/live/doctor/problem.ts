/** Something that is not as it should be: where, what, and how it is mended, in one sentence. */
export type Problem = { readonly area: string; readonly problem: string; readonly mend: string };
