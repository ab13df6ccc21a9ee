/**
 * The bootstrap cannot go on by itself. `message` says what is missing, `remedy` is the exact command
 * (or setting) that mends it, `output` what the failed program said last.
 */
export class BootstrapFailure extends Error {
  /**
   * @param {string} message
   * @param {{ remedy: string, output?: string }} details
   */
  constructor(message, { remedy, output = '' }) {
    super(message);
    this.name = 'BootstrapFailure';
    this.remedy = remedy;
    this.output = output;
  }

  /** The whole message for the terminal. */
  report() {
    const said = this.output.trim();
    const lines = said === '' ? [] : ['', ...said.split('\n').map((line) => `    ${line}`), ''];
    return [
      `earshot: ${this.message}`,
      ...lines,
      'This would fix it:',
      `    ${this.remedy}`,
      '',
    ].join('\n');
  }
}
