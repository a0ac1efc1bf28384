/** What the process that reads a store says to the one that asked it to. */
export type VerifyWord =
  /** It begins to look at something. */
  | { readonly type: "begins"; readonly what: string }
  /** So many of its parts were looked at. */
  | { readonly type: "progress"; readonly done: number; readonly of: number }
  | { readonly type: "finding"; readonly finding: StoreFinding }
  /** It is through with what it began last. */
  | { readonly type: "through" }
  /** It is through with everything. */
  | { readonly type: "end" }
  /** It cannot go on, for a reason of the world. */
  | { readonly type: "fault"; readonly code: string; readonly message: string };

/** Something that is wrong with a store. */
export interface StoreFinding {
  /** The series, or what else of the store. */
  readonly what: string;
  readonly kind: string;
  readonly problem: string;
}

/** What is looked at besides the series. */
export const ALL_PAGES = "all pages";
