/**
 * One line per bootstrap step, on standard error, so that a command's own output stays clean.
 * Work that takes time says every ten seconds how far it is; on a terminal one line is rewritten.
 */
const lineIntervalMs = 10_000;
const terminalIntervalMs = 1_000;

/**
 * @typedef {object} Step
 * @property {(text: string) => void} update What is being done now. The first call shows at once.
 * @property {(text: string) => void} done How it ended. Ends the step.
 */

/**
 * @typedef {object} Progress
 * @property {(name: string) => Step} step Begins a step.
 * @property {() => void} stop Ends what a failed step was showing.
 */

/**
 * `isNested`: an outer bootstrap has reported already, so steps that find everything in place are silent.
 * @param {{ stream: { write(text: string): unknown, isTTY?: boolean }, isNested: boolean }} options
 * @returns {Progress}
 */
export function createProgress({ stream, isNested }) {
  const isTerminal = stream.isTTY === true;
  /** Ends the display of the step under way. */
  let stop = () => {};

  /** @param {string} name */
  function step(name) {
    const startedAt = Date.now();
    /** @type {string | undefined} */
    let working;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    let timer;

    /** @param {string} text */
    const line = (text) => `earshot: ${name.padEnd(9)} ${text}`;
    const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
    const show = () => {
      const text = line(`${working ?? ''} (${elapsed()})`);
      stream.write(isTerminal ? `\r\u001b[K${text}` : `${text}\n`);
    };
    stop = () => {
      clearInterval(timer);
      if (isTerminal && working !== undefined) stream.write('\r\u001b[K');
    };

    return {
      /** @param {string} text */
      update(text) {
        const isFirst = working === undefined;
        working = text;
        if (!isFirst) return;
        stream.write(isTerminal ? line(text) : `${line(text)}\n`);
        timer = setInterval(show, isTerminal ? terminalIntervalMs : lineIntervalMs);
      },
      /** @param {string} text */
      done(text) {
        stop();
        if (working !== undefined) stream.write(`${line(text)} (${elapsed()})\n`);
        else if (!isNested) stream.write(`${line(text)}\n`);
      },
    };
  }

  return { step, stop: () => stop() };
}
