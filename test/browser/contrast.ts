import type { Page } from "puppeteer-core";

/** The contrast of each visible text with its background. @see WCAG 2, contrast ratio */
export async function contrastsOf(page: Page): Promise<Array<{ text: string; ratio: number }>> {
  const colors = await page.$$eval("body, body *", (elements) =>
    elements
      .filter((element) => element.checkVisibility())
      .map((element) => {
        const styleOf = (of: typeof element) => of.ownerDocument.defaultView.getComputedStyle(of);
        let behind = element;
        while (styleOf(behind).backgroundColor === "rgba(0, 0, 0, 0)")
          behind = behind.parentElement;
        const own = [...element.childNodes].filter(({ nodeType }) => nodeType === 3);
        return {
          text: own.map(({ data }) => data.trim()).join(""),
          color: styleOf(element).color,
          background: styleOf(behind).backgroundColor,
        };
      })
      .filter(({ text }) => text !== ""),
  );
  return colors.map(({ text, color, background }) => {
    const [dark = 0, light = 0] = [luminanceOf(color), luminanceOf(background)].sort(
      (a, b) => a - b,
    );
    return { text, ratio: (light + 0.05) / (dark + 0.05) };
  });
}

function luminanceOf(color: string): number {
  const [, ...channels] = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color) ?? [];
  if (channels.length !== 3) throw new Error(`${color} is not opaque`);
  const [red = 0, green = 0, blue = 0] = channels
    .map((channel) => Number(channel) / 255)
    .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
