import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';

const line = createInterface({
  input: new PassThrough(),
  output: new PassThrough(),
  prompt: '',
  terminal: true,
});

/** The columns of a text as Node's own line editor counts them: an opinion other than that of the code under test. */
export function editorWidth(text: string): number {
  const editor = line as unknown as { line: string; cursor: number };
  editor.line = text;
  editor.cursor = text.length;
  return line.getCursorPos().cols;
}
