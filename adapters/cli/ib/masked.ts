/** Account numbers of Interactive Brokers: live, paper, advisors' and their sub-accounts. */
const ACCOUNT = /\b(?:D?[UFI][A-Z]?|DUP|DFP)\d{5,9}\b/g;

/** `DU***567`: an account by its first letters and last digits. */
export function maskedAccount(account: string): string {
  const letters = /^[A-Za-z]{0,3}/.exec(account)![0];
  const rest = account.slice(letters.length);
  // A short number would be as good as told by its last three digits.
  return `${letters}***${rest.length > 4 ? rest.slice(-3) : ""}`;
}

/** Hides account numbers in what is said and logged: those it was told, and what looks like one. */
export class AccountMask {
  readonly #known = new Set<string>();

  learn(accounts: readonly string[]): void {
    for (const account of accounts) if (account !== "") this.#known.add(account);
  }

  readonly hide = (text: string): string => {
    let hidden = text;
    for (const account of this.#known) {
      hidden = hidden.replaceAll(account, maskedAccount(account));
    }
    return hidden.replace(ACCOUNT, maskedAccount);
  };
}
