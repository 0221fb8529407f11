import xterm from "@xterm/headless";
import type { Output, Size } from "./terminal.mts";

/** Characters of one style. */
export interface Span {
  text: string;
  bold: boolean;
  dim: boolean;
  /** The number of one of the terminal's 16 colours. @default that of the text */
  color?: number;
}

export type Line = readonly Span[];

/** The terminal at one time: all lines so far, of which the screen shows the last ones. */
export interface Frame {
  atMs: number;
  lines: readonly Line[];
  /** The index of the first line on the screen. */
  top: number;
}

/** Programs write a screen in parts. What comes sooner after another part belongs to it. */
const togetherMs = 60;

/** What a terminal shows for these outputs, whenever that changes. */
export async function framesOf(
  outputs: readonly Output[],
  { columns, rows }: Size,
): Promise<Frame[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const frames: Frame[] = [];
  for (const [index, { atMs, data }] of outputs.entries()) {
    await new Promise<void>((resolve) => terminal.write(data, resolve));
    const next = outputs[index + 1];
    if (next !== undefined && next.atMs - atMs < togetherMs) continue;
    const { active } = terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, row) => lineOf(active, row, columns));
    if (JSON.stringify(lines) === JSON.stringify(frames.at(-1)?.lines)) continue;
    frames.push({ atMs, lines, top: active.baseY });
  }
  terminal.dispose();
  return frames;
}

function lineOf(buffer: xterm.IBuffer, row: number, columns: number): Line {
  const spans: Span[] = [];
  const line = buffer.getLine(row);
  const text = line?.translateToString(true) ?? "";
  for (let column = 0; column < Math.min(text.length, columns); column++) {
    const cell = line?.getCell(column);
    if (cell === undefined) break;
    const style = {
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
      ...(cell.isFgPalette() && { color: cell.getFgColor() }),
    };
    const last = spans.at(-1);
    const { text: lastText, ...lastStyle } = last ?? { text: "" };
    if (last !== undefined && JSON.stringify(lastStyle) === JSON.stringify(style)) {
      last.text = lastText + (cell.getChars() || " ");
    } else spans.push({ text: cell.getChars() || " ", ...style });
  }
  return spans;
}
