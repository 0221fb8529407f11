import { text } from "node:stream/consumers";
import type { Browser, Page } from "puppeteer-core";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import { faultArguments } from "../../emulator/faults";
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
      return { text: element.ariaLabel ?? label.textContent.trim(), outlineStyle };
    });
    expect(focused.outlineStyle).toBe("solid");
    if (focused.text.startsWith(name)) return;
  }
  throw new Error(`Tab does not reach ${name}`);
}

/** The accessible name of the focused element. */
const focusedName = () => page.$eval(":focus", (element) => element.ariaLabel);

/** Restarts the emulator, and sends callbacks to this server. */
async function deliverTo(url: string, options: EmulatorOptions = {}) {
  await page.goto("about:blank");
  await emulator.close();
  emulator = await startEmulator({ admin: true, deliverTo: url, ...options });
  await page.goto(emulator.url);
  await waitForText("#connection", "live");
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
    await invoke({ provider: settings.provider, requests: [{ externalid: "a1", route: "a" }] });
    await waitForText("#callbacks", "https://");
    const callbacks = await textOf("#callbacks .rows");
    expect(callbacks).toContain("AssignToAgentTestProviderNamea1https://127.0.0.1:1/routing");
    expect(callbacks).not.toContain("canary");
  });

  it("adds a fault to the next request", async () => {
    const { register } = clientOf(emulator);
    await page.locator("button::-p-text(lost-response)").click();
    await waitForText("#message", "Added: lost-response.");
    await waitForText("#faults .rows", "lost-response");
    await expect(register()).rejects.toThrow();
    await waitForText("#requests .rows", "fault: lost-response");
    await waitForText("#requests .rows", "no response");
    await waitForText("#faults .empty", "No faults");
    expect(emulator.registrations()).toHaveLength(1);
  });

  it("works with the keyboard alone", async () => {
    await clientOf(emulator).register();
    await tabTo("status 503");
    await page.keyboard.press("Enter");
    await waitForText("#faults .rows", "status 503");
    await tabTo("Times");
    await page.keyboard.type("2");
    await tabTo("Kind");
    await page.keyboard.type("slow");
    await tabTo("Milliseconds");
    await page.keyboard.press("Enter");
    await waitForText("#faults .rows", "slow, ms 3000");
    expect(emulator.faults()).toMatchObject([
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
    const { url } = await listen(receiver.node);
    await deliverTo(url, { witnessToken: "w" });
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

  it("sends the notifications of an interaction, and shows what came back", async () => {
    const bodies: string[] = [];
    const { url } = await listen(async (request, response) => {
      bodies.push(await text(request));
      response.writeHead(bodies.length === 1 ? 200 : 503).end();
    });
    await deliverTo(url);
    await clientOf(emulator).register();
    await page.waitForSelector("#registrations button");
    await tabTo("Send AssignToAgent to TestProviderName");
    await page.keyboard.press("Enter");
    await waitForText("#message", "Sent AssignToAgent to TestProviderName: 200.");
    await waitForText("#registrations .good", "AssignToAgent: 200");
    expect(await focusedName()).toBe("Send AssignToAgent to TestProviderName");
    await tabTo("Send Release of ");
    await page.keyboard.press("Enter");
    await waitForText("#message", "Sent Release to TestProviderName: 503.");
    await waitForText("#registrations .bad", "Release: 503");
    // The interaction has ended, so its button is gone.
    expect(await focusedName()).toBe("Send AssignToAgent to TestProviderName");
    const [[assigned], [released]] = bodies.map((body) => JSON.parse(body));
    expect(released).toMatchObject({ notification: "Release", objectid: assigned.objectid });
    expect(await textOf("#callbacks .rows")).toContain(assigned.objectid);
    expect(await page.content()).not.toMatch(/value1|QWxhZGRpb/);
    expect((await contrastsOf(page)).filter(({ ratio }) => ratio < 4.5)).toEqual([]);
  });

  it("shows why a notification does not arrive", async () => {
    await clientOf(emulator).register({ ...settings, endpoint: "https://127.0.0.1:1/" });
    await page.locator("button::-p-text(Send AssignToAgent)").click();
    await waitForText("#message", "Sent AssignToAgent to TestProviderName: ECONNREFUSED.");
    await waitForText("#registrations .bad", "AssignToAgent: ECONNREFUSED");
  });

  it("finds registrations by name and host, the newest or changed ones first", async () => {
    const { register } = clientOf(emulator);
    const names = () =>
      page.$$eval("#registrations .name", (all) => all.map(({ textContent }) => textContent));
    for (const [provider, host] of [
      ["Billing", "one.example.com"],
      ["Crm", "two.example.com:8443"],
      ["Surveys", "one.example.com"],
      ["Crm", "two.example.com:8443"],
    ]) {
      await register({ ...settings, provider, endpoint: `https://${host}/one?key=canary` });
    }
    await register({ provider: "NoEndpoint", agentactionspermitted: { release: 1, hold: 1 } });
    await waitForText("#registrations .count", "4");
    expect(await names()).toEqual(["NoEndpoint", "Crm", "Surveys", "Billing"]);
    await tabTo("Find by name or host");
    await page.keyboard.type("ONE.");
    expect(await names()).toEqual(["Surveys", "Billing"]);
    await waitForText("#summary", "registrations: 2 of 4");
    await page.locator("#search").fill(" crm ");
    expect(await names()).toEqual(["Crm"]);
    // A change keeps the search.
    await register({ ...settings, provider: "Crm2" });
    await waitForText("#registrations .count", "2 of 5");
    await page.locator("#search").fill("8443");
    expect(await names()).toEqual(["Crm"]);
    await page.locator("#search").fill("none");
    await waitForText("#registrations .count", "0 of 5");
  });

  it("marks registrations that were reset", async () => {
    const { register } = clientOf(emulator);
    const reset = { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 };
    await register({ provider: "Reset", agentactionspermitted: reset });
    await register({ provider: "Holds", agentactionspermitted: { ...reset, hold: 1 } });
    await register({ provider: "NoRelease", agentactionspermitted: { ...reset, release: 0 } });
    await register({ ...settings, provider: "InUse", agentactionspermitted: reset });
    await waitForText("#registrations .count", "4");
    const marked = await page.$$eval("#registrations li:has(.tag)", (rows) =>
      rows.map(({ textContent }) => textContent),
    );
    expect(marked).toEqual([expect.stringMatching(/^Reset reset/)]);
    // Only endpoints get notifications.
    expect(await page.$$("#registrations button")).toHaveLength(1);
  });

  it("removes one fault", async () => {
    for (const status of [500, 502, 503]) {
      emulator.fail({ target: "any", fault: { kind: "status", status } });
    }
    await waitForText("#faults .rows", "503");
    await tabTo("Remove status 502");
    await page.keyboard.press("Enter");
    await waitForText("#message", "Removed: status 502.");
    await waitForText("#faults .count", "2");
    expect(emulator.faults()).toMatchObject([
      { fault: { status: 500 } },
      { fault: { status: 503 } },
    ]);
    expect(await focusedName()).toBe("Remove status 503");
    await page.keyboard.press("Enter");
    await page.waitForSelector('[aria-label="Remove status 500"]:focus');
    await page.keyboard.press("Enter");
    await waitForText("#faults .empty", "No faults");
    expect(await page.$eval(":focus", ({ id }) => id)).toBe("faults");
  });

  it("names faults as --help does", async () => {
    const valuesOf = (name: string) =>
      page.$$eval(`[name=${name}] option`, (options) => options.map(({ value }) => value));
    expect((await valuesOf("kind")).sort()).toEqual(Object.keys(faultArguments).sort());
    expect((await valuesOf("target")).sort()).toEqual([
      "any",
      "api",
      "invoke",
      "register",
      "token",
    ]);
    // New rows move the buttons, so that a click of the mouse could miss.
    const texts = await page.$$eval("[data-fault]", (buttons) =>
      buttons.map((button) => {
        button.click();
        return button.textContent.trim();
      }),
    );
    await waitForText("#faults .count", "4");
    const rows = await page.$$eval("#faults .rows .name", (names) =>
      names.map(({ textContent }) => textContent),
    );
    expect(rows.sort()).toEqual(texts.sort());
  });

  it("has a name, a role and a place in the tab order for each scroll area", async () => {
    const { register, invoke } = clientOf(emulator);
    await register({ ...settings, endpoint: "https://127.0.0.1:1/" });
    await invoke({ provider: settings.provider, requests: [{ route: "a" }] });
    await waitForText("#callbacks .rows", "AssignToAgent");
    await page.setViewport({ width: 1280, height: 800 });
    const indexes = await page.$$eval("body *", (elements) =>
      elements
        .filter((element) => {
          const { overflowY } = element.ownerDocument.defaultView.getComputedStyle(element);
          return overflowY === "auto" || overflowY === "scroll";
        })
        .map(({ tabIndex }) => tabIndex),
    );
    expect(indexes).toEqual([0, 0, 0, 0]);
    for (const name of ["Registrations", "Requests", "Callbacks"]) {
      await page.waitForSelector(`::-p-aria([name="${name}, newest first"][role="region"])`);
    }
    await page.waitForSelector('::-p-aria([name="Faults 0"][role="region"])');
  });

  it("lists requests in the order of their arrival, the newest first", async () => {
    const { register, requestToken } = clientOf(emulator);
    const { token } = await requestToken();
    emulator.fail({ target: "register", fault: { kind: "slow", ms: 300 } });
    const slow = register({ ...settings, provider: "First" }, token);
    await waitForText("#registrations .name", "First");
    await register({ ...settings, provider: "Second" }, token);
    await slow;
    await waitForText("#requests .rows", "fault: slow");
    expect(await textOf("#requests .rows")).toMatch(/Second.*First.*token/);
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
    await register({ provider: "Reset", agentactionspermitted: { release: 1 } });
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
