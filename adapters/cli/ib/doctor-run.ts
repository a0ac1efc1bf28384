import type { Command } from "commander";
import type { IbFeed } from "../../ib/ib-feed.ts";
import { configuredParameters } from "../run/configured-parameters.ts";
import { Interruption } from "../run/interruption.ts";
import { loadStrategy } from "../run/load-strategy.ts";
import { warmUpOf } from "../run/warm-up-of.ts";
import { BAD_INPUT } from "../terminal/report.ts";
import { Talk } from "../terminal/talk.ts";
import { contractFinding, hoursFinding } from "./doctor-contract.ts";
import type { DoctorFlags } from "./doctor-flags.ts";
import { accountsFinding, clockFinding, FirstWords, gatewayFinding } from "./doctor-link.ts";
import { beginningFinding, historyFinding, liveFinding } from "./doctor-questions.ts";
import { conclusionText, type Finding, findingText, isWell } from "./findings.ts";
import { type GatewaySession, gatewaySession } from "./gateway-session.ts";
import { feedSettings } from "./ib-feed-config.ts";
import { givenConfig } from "./ib-options.ts";
import type { LiveConfig } from "./live-schema.ts";
import { type LiveSettings, liveSettings } from "./live-settings.ts";
import { AccountMask } from "./masked.ts";
import { forecastText, warmUpForecast } from "./warm-up-forecast.ts";

/** What is predicted where there is no strategy. */
const USUAL_WARM_UP = 260;

/** Looks at everything that a live run needs, and tells what was found. */
export async function examine(strategyFile: string | undefined, command: Command): Promise<void> {
  const flags = command.opts<DoctorFlags>();
  const config = givenConfig(command);
  const settings = liveSettings(config);
  const warmUpBars = await warmUpWanted(strategyFile, config, settings, flags);
  const words = new FirstWords();
  const gateway = gatewaySession(settings, config, flags.speed, [words.tap]);
  const talk = new Talk(flags.quiet === true || flags.json === true);
  talk.say(`looking at ${gateway.place} for a live run; nothing is ordered`);
  const doctor = new Doctor(gateway, settings, config, flags);
  const interruption = new Interruption(() => gateway.session.close(), "nothing more is looked at");
  try {
    await doctor.examine(words, warmUpBars + settings.extraBars);
  } finally {
    interruption.done();
    gateway.session.close();
  }
  doctor.conclude(gateway.place);
  process.exitCode = interruption.exitCode ?? (isWell(doctor.findings) ? 0 : BAD_INPUT);
}

async function warmUpWanted(
  strategyFile: string | undefined,
  config: LiveConfig,
  { size }: LiveSettings,
  { param }: DoctorFlags,
): Promise<number> {
  if (strategyFile === undefined) return USUAL_WARM_UP;
  const strategy = await loadStrategy(strategyFile);
  return warmUpOf(strategy, configuredParameters(strategy, config, param), size);
}

/** One examination, finding after finding. */
class Doctor {
  readonly findings: Finding[] = [];
  readonly #gateway: GatewaySession;
  readonly #settings: LiveSettings;
  readonly #config: LiveConfig;
  readonly #flags: DoctorFlags;
  readonly #mask = new AccountMask();

  constructor(
    gateway: GatewaySession,
    settings: LiveSettings,
    config: LiveConfig,
    flags: DoctorFlags,
  ) {
    this.#gateway = gateway;
    this.#settings = settings;
    this.#config = config;
    this.#flags = flags;
  }

  async examine(words: FirstWords, warmUpBars: number): Promise<void> {
    const { session, machine } = this.#gateway;
    const settings = this.#settings;
    const { speed } = this.#flags;
    if (!this.#note(await gatewayFinding(this.#gateway, words))) return;
    this.#mask.learn(session.accounts);
    this.#note(accountsFinding(this.#gateway));
    this.#note(await clockFinding(this.#gateway, speed));
    const options = feedSettings(this.#config, speed);
    const { ask = {} } = options;
    const [found, details] = await contractFinding(session, settings.contract, ask);
    this.#note(found);
    if (details === undefined) return;
    const examined = { link: session, clock: machine, contract: details.contract, settings };
    const [hours, feed] = await hoursFinding(session, settings, options);
    this.#note(hours);
    const isPermitted = this.#note(await historyFinding(examined));
    this.#note(await liveFinding(examined));
    this.#note(await beginningFinding(examined));
    if (feed !== undefined && isPermitted) this.#note(this.#planFinding(feed, warmUpBars));
    feed?.close();
  }

  /** Says at the end whether a run would work. */
  conclude(place: string): void {
    const { findings } = this;
    if (this.#flags.json !== true) {
      process.stdout.write(`${conclusionText(findings)}\n`);
      return;
    }
    const all = { gateway: place, wouldWork: isWell(findings), findings };
    process.stdout.write(`${this.#mask.hide(JSON.stringify(all))}\n`);
  }

  #planFinding(feed: IbFeed, bars: number): Finding {
    const check = "warm-up";
    if (this.#config.backfill?.enabled === false) {
      return { check, verdict: "fine", text: `${bars} live bars, without backfill` };
    }
    const { mode } = this.#settings;
    const { session } = this.#gateway;
    const forecast = warmUpForecast(session, feed, { bars, mode, speed: this.#flags.speed });
    const verdict = Number.isFinite(forecast.durationMs) ? "fine" : "wrong";
    return { check, verdict, text: forecastText(forecast), details: { ...forecast } };
  }

  /** Whether the examination can go on as if nothing were wrong. */
  #note(finding: Finding): boolean {
    this.findings.push(finding);
    if (this.#flags.json !== true) {
      process.stdout.write(`${this.#mask.hide(findingText(finding))}\n`);
    }
    return finding.verdict !== "wrong";
  }
}
