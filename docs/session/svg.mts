import type { Frame, Line, Span } from "./frames.mts";
import type { Size } from "./terminal.mts";
import { appearancesOf, withShortPauses } from "./timeline.mts";

// Pixels. Monospaced fonts are at most this wide for their size.
const fontSize = 13;
const characterWidth = 7.9;
const lineHeight = 18;
const padding = 16;

/** How long the last screen stays before the recording starts again. */
const lastMs = 5000;

const hues = [1, 2, 3, 4, 5, 6];
const style = `svg{--text:#1f2328;--screen:#f6f8fa;--edge:#d1d9e0;--c1:#cf222e;--c2:#116329;--c3:#7d4e00;--c4:#0550ae;--c5:#8250df;--c6:#1b6d77}
@media (prefers-color-scheme:dark){svg{--text:#e6edf3;--screen:#0d1117;--edge:#3d444d;--c1:#ff7b72;--c2:#56d364;--c3:#e3b341;--c4:#79c0ff;--c5:#d2a8ff;--c6:#56d4dd}}
rect{fill:var(--screen);stroke:var(--edge)}
text{fill:var(--text);font:${fontSize}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}
.b{font-weight:bold}.d{opacity:.75}${hues.map((hue) => `.c${hue}{fill:var(--c${hue})}`).join("")}`;

/**
 * An animated picture of a recording, which runs again and again. Each line is in it as text, once for all of
 * the time that it stays the same. Without animations, and for readers who prefer less motion, it shows the
 * last screen.
 */
export function toSvg(recorded: readonly Frame[], { columns, rows }: Size): string {
  const frames = withShortPauses(recorded);
  const last = frames.at(-1) ?? { atMs: 0, top: 0 };
  const durationMs = last.atMs + lastMs;
  const at = (index: number) =>
    `${Number(((100 * (frames[index]?.atMs ?? 0)) / durationMs).toFixed(2))}%`;
  const keyframes: string[] = [];
  const groups: string[] = [];
  const byTime = Map.groupBy(appearancesOf(frames), ({ from, to }) => `f${from}-${to ?? ""}`);
  for (const [name, appearances] of byTime) {
    const [{ from, to } = { from: 0 }] = appearances;
    const before = from === 0 ? "" : "0%{opacity:0}";
    const after = to === undefined ? "" : `${at(to)}{opacity:0}`;
    keyframes.push(`@keyframes ${name}{${before}${at(from)}{opacity:1}${after}}`);
    const inTheEnd = to === undefined ? "" : ' opacity="0"';
    const lines = appearances.map(({ row, line }) => textOf(row, line)).join("");
    groups.push(`<g${inTheEnd} style="animation-name:${name}">${lines}</g>`);
  }
  const scroll = frames.flatMap(({ top }, index) =>
    top === frames[index - 1]?.top ? [] : [`${at(index)}{transform:${shift(top)}}`],
  );

  const [width, height] = [Math.ceil(columns * characterWidth), rows * lineHeight];
  const [outerWidth, outerHeight] = [width + 2 * padding, height + 2 * padding];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${outerWidth} ${outerHeight}" role="img" aria-labelledby="title">
<title id="title">A terminal session: init, npm install, pulumi up, an unchanged pulumi up, and pulumi-vcc drift</title>
<style>
${style}
g{animation:${durationMs}ms step-end infinite}
#all{animation-name:scroll;transform:${shift(last.top)}}
@media (prefers-reduced-motion:reduce){g,#all{animation:none}}
@keyframes scroll{${scroll.join("")}}
${keyframes.join("\n")}
</style>
<rect x=".5" y=".5" width="${outerWidth - 1}" height="${outerHeight - 1}" rx="8"/>
<svg x="${padding}" y="${padding}" width="${width}" height="${height}">
<g id="all">
${groups.join("\n")}
</g>
</svg>
</svg>
`;
}

function shift(top: number): string {
  return `translateY(${-top * lineHeight}px)`;
}

function textOf(row: number, line: Line): string {
  const y = (row + 0.75) * lineHeight;
  return `<text y="${y}">${line.map(spanOf).join("")}</text>`;
}

function spanOf({ text, bold, dim, color = 0 }: Span): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  // Black, white and grey are the text's own colour on either background.
  const hue = color % 8;
  const isHue = color < 16 && hues.includes(hue);
  const names = [...(bold ? ["b"] : []), ...(dim ? ["d"] : []), ...(isHue ? [`c${hue}`] : [])];
  return names.length === 0 ? escaped : `<tspan class="${names.join(" ")}">${escaped}</tspan>`;
}
