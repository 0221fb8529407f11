import type { Browser, Page } from "puppeteer-core";
import { type Emulator, startEmulator } from "../../emulator";
import { createReceiver } from "../../receiver";
import { clientOf, settings } from "../emulator/client";
import { servers } from "../receiver/server";
import { launchChromium } from "./chromium";
import { contrastsOf } from "./contrast";

let browser: Browser;
let emulator: Emulator;
let page: Page;
/** Messages of the console, and requests to other servers. */
let problems: string[];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  emulator = await startEmulator({ admin: true });
  page = await browser.newPage();
  problems = [];
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("dialog", (dialog) => problems.push(dialog.message()));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${emulator.url}/`)) problems.push(request.url());
  });
  await page.goto(emulator.url);
  await waitForText("#connection", "live");
});
afterEach(async () => {
  await page.close();
  await emulator.close();
  expect(problems).toEqual([]);
});

/** Waits until an element shows the text. */
async function waitForText(selector: string, text: string) {
  const either = `${selector}::-p-text(${text}), ${selector} ::-p-text(${text})`;
  await page.waitForSelector(either, { visible: true });
}

const textOf = (selector: string) =>
  page.$eval(selector, (element) => element.textContent.replace(/\s+/g, " ").trim());

/** Presses Tab until the focused element has this name. */
async function tabTo(name: string) {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.$eval(":focus", (element) => {
      const label = element.labels?.[0] ?? element;
      const { outlineStyle } = element.ownerDocument.defaultView.getComputedStyle(element);
      return { text: label.textContent.trim(), outlineStyle };
    });
    expect(focused.outlineStyle).toBe("solid");
    if (focused.text.startsWith(name)) return;
  }
  throw new Error(`Tab does not reach ${name}`);
}

describe("the page", () => {
  const listen = servers();

  it("explains empty sections, and shows new data", async () => {
    expect(await textOf("#registrations .empty")).toContain("run pulumi up there");
    await clientOf(emulator).register({ ...settings, endpoint: `${settings.endpoint}?key=canary` });
    await waitForText("#registrations .name", settings.provider);
    const registrations = await textOf("#registrations .rows");
    expect(registrations).toContain("https://endpoint.example.com/routingendpoint?••••");
    expect(registrations).toContain("x-header1: ••••, Authorization: ••••");
    expect(registrations).toContain("agents may: release, hold, transferToAgent, transferToRoute");
    expect(await textOf("#requests .rows")).toMatch(
      /POST \/interactions\/Register ?TestProviderName200\d+.*POST \/Auth\/connect\/token ?200/,
    );
    expect(await page.$eval("#registrations .empty", (empty) => empty.hidden)).toBe(true);
    await waitForText("#summary", "registrations: 1, requests: 2, callbacks: 0, faults: 0");
  });

  it("shows callbacks", async () => {
    const { register, invoke } = clientOf(emulator);
    await register({ ...settings, endpoint: "https://127.0.0.1:1/routing?key=canary" });
    await invoke({ provider: settings.provider, requests: [{ route: "a" }] });
    await waitForText("#callbacks", "https://");
    const callbacks = await textOf("#callbacks .rows");
    expect(callbacks).toContain("AssignToAgentTestProviderNamehttps://127.0.0.1:1/routing");
    expect(callbacks).not.toContain("canary");
  });

  it("adds a fault to the next request", async () => {
    const { register } = clientOf(emulator);
    await page.locator("button::-p-text(Lost response)").click();
    await waitForText("#message", "Added: Lost response.");
    await waitForText("#faults .rows", "lost-response");
    await expect(register()).rejects.toThrow();
    await waitForText("#requests .rows", "fault: lost-response");
    await waitForText("#requests .rows", "no response");
    await waitForText("#faults .empty", "No faults");
    expect(emulator.registrations()).toHaveLength(1);
  });

  it("works with the keyboard alone", async () => {
    await clientOf(emulator).register();
    await tabTo("503");
    await page.keyboard.press("Enter");
    await waitForText("#faults .rows", "status 503");
    await tabTo("Times");
    await page.keyboard.type("2");
    await tabTo("Kind");
    await page.keyboard.type("slow");
    await tabTo("Milliseconds");
    await page.keyboard.press("Enter");
    await waitForText("#faults .rows", "slow, ms 3000");
    expect(emulator.faults()).toEqual([
      { target: "api", times: 1, fault: { kind: "status", status: 503 } },
      { target: "register", times: 2, fault: { kind: "slow", ms: 3000 } },
    ]);
    await tabTo("Clear faults");
    await page.keyboard.press("Space");
    await waitForText("#message", "Cleared all faults.");
    expect(emulator.faults()).toEqual([]);
    await tabTo("Reset…");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    expect(emulator.registrations()).toHaveLength(1);
    await page.keyboard.press("Enter");
    await tabTo("Reset");
    await page.keyboard.press("Enter");
    await waitForText("#registrations .empty", "Nothing is registered");
    expect(emulator.registrations()).toEqual([]);
  });

  it("shows why the emulator rejects a fault", async () => {
    await page.select("[name=kind]", "status");
    await page.locator("[name=retryAfter]").fill("\u{1F600}");
    await page.locator("[type=submit]::-p-text(Add fault)").click();
    await waitForText("#message", "fault.headers: these headers cannot be sent");
    problems = problems.filter((problem) => !problem.includes("400 (Bad Request)"));
  });

  it("shows what the witness of a registration says", async () => {
    const receiver = createReceiver({
      headers: { Authorization: "Bearer t" },
      onNotification() {},
      witnessToken: "w",
    });
    const { url: deliverTo } = await listen(receiver.node);
    await page.goto("about:blank");
    await emulator.close();
    emulator = await startEmulator({ admin: true, deliverTo, witnessToken: "w" });
    await page.goto(emulator.url);
    const client = clientOf(emulator);
    const headers = { Authorization: "Bearer t", "X-Vcc-Registration": "0123456789ab" };
    await client.register({ ...settings, headers });
    await waitForText("#registrations .rows", "witness: no notification yet");
    const requests = [{ externalid: "case-1", route: "Sales" }];
    await client.invoke({ provider: settings.provider, requests });
    await waitForText("#registrations .rows", "the last notification carried this registration");
    await client.register({ ...settings, headers: { ...headers, "X-Vcc-Registration": "other" } });
    await waitForText("#registrations .rows", "carried another registration");
    expect((await contrastsOf(page)).filter(({ ratio }) => ratio < 4.5)).toEqual([]);
  });

  it("shows the names of registrations as text", async () => {
    const provider = "<img src=x onerror=alert(1)>";
    await clientOf(emulator).register({ ...settings, provider });
    await page.waitForSelector("#registrations li");
    expect(await textOf("#registrations .name")).toBe(provider);
    expect(await page.$$("img")).toEqual([]);
  });

  it.each(["light", "dark"])("is legible in %s", async (scheme) => {
    const { register } = clientOf(emulator);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await register();
    await register({});
    emulator.fail({ target: "register", times: 2, fault: { kind: "status", status: 503 } });
    await register();
    await waitForText("#faults .rows", "once");
    await waitForText("#requests .rows", "503");
    const contrasts = await contrastsOf(page);
    expect(contrasts.length).toBeGreaterThan(40);
    expect(contrasts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
    const background = await page.$eval("body", (body) =>
      body.ownerDocument.defaultView.getComputedStyle(body).backgroundColor.match(/\d+/),
    );
    expect(Number(background[0]) > 128).toBe(scheme === "light");
  });

  it("fits into 360 px", async () => {
    await page.setViewport({ width: 360, height: 640 });
    await clientOf(emulator).register({ ...settings, provider: "x".repeat(200) });
    await waitForText("#requests .rows", "xxx");
    expect(await page.$eval("html", (html) => html.scrollWidth)).toBe(360);
  });

  it("shows a lost connection, and reconnects to a restarted emulator", async () => {
    const port = Number(new URL(emulator.url).port);
    await emulator.close();
    await waitForText("#connection", "disconnected since");
    await page.locator("#clear").click();
    await waitForText("#message", "The emulator does not respond");
    emulator = await startEmulator({ admin: true, port });
    await clientOf(emulator).register({ ...settings, provider: "Later" });
    await waitForText("#connection", "live");
    await waitForText("#registrations .name", "Later");
    // The console reports the lost connection.
    problems = problems.filter((problem) => !problem.includes("net::ERR_"));
  });
});
