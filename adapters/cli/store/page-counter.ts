import type { IbTap } from "../ib/tapped-client.ts";

/** Counts the answers of history that a gateway gives. */
export class PageCounter {
  /** Answers to requests for history. */
  pages = 0;

  readonly tap: IbTap = {
    connecting: () => {},
    sent: () => {},
    heard: ({ kind }) => {
      if (kind === "history") this.pages += 1;
    },
  };
}
