import cliProgress from "cli-progress";

/**
 * A bar on the last line of a terminal, at 0 of `total`. `{bar}` of its format is as wide as the
 * terminal has room for beside so many columns of words, at most 40.
 */
export function progressBar(format: string, total: number, words: number): cliProgress.SingleBar {
  const width = (process.stderr.columns ?? 80) - words;
  const barsize = Math.max(5, Math.min(40, width));
  // Ctrl-C is not the bar's business: it has its own meaning in what it shows.
  const options = { format, stream: process.stderr, barsize, gracefulExit: false };
  const progress = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
  progress.start(total, 0, { note: "" });
  return progress;
}
