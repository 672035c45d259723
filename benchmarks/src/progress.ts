import type { WriteStream } from 'node:tty';

export interface Progress {
  show(text: string): void;
  clear(): void;
}

/** One line that says what is being done, on a terminal only. */
export function showProgress(stream: WriteStream): Progress {
  const write = (text: string) => {
    if (!stream.isTTY) return;
    stream.cursorTo(0);
    stream.clearLine(0);
    stream.write(text.slice(0, stream.columns - 1));
  };
  return { show: write, clear: () => write('') };
}
