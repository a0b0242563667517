import { bar } from './bar.js';
import { column } from './width.js';

/** Where a progress bar is drawn. */
export interface ProgressStream {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): unknown;
}

const cells = 30;
const eraseLine = '\r\u001b[2K';

/** One line on a terminal that is drawn over itself; nothing anywhere else. Erased when it is disposed. */
export class ProgressBar implements Disposable {
  readonly #stream: ProgressStream;
  readonly #isSilent: boolean;
  #shown = '';

  /** @param isQuiet with `--quiet` nothing is drawn anywhere */
  constructor(stream: ProgressStream, isQuiet: boolean = false) {
    this.#stream = stream;
    this.#isSilent = isQuiet || !stream.isTTY;
  }

  /** `part` from 0 to 1. */
  draw(part: number, text: string): void {
    if (this.#isSilent) return;
    const percent = `${Math.floor(100 * part)}%`.padStart(4);
    const line = column(
      `${bar(100 * part, cells)} ${percent}  ${text}`,
      Math.max(1, this.#stream.columns - 1),
    );
    if (line === this.#shown) return;
    this.#shown = line;
    this.#stream.write(eraseLine + line.trimEnd());
  }

  [Symbol.dispose](): void {
    if (this.#shown !== '') this.#stream.write(eraseLine);
  }
}
