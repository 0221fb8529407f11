import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packTarball } from "../../tools/installation.mts";
import { count } from "../counts";
import {
  configured,
  createLeakScene,
  type LeakScene,
  referenced,
  rotated,
  rotatedReferenced,
  rotatedVariable,
  variable,
  variableToken,
} from "./leak-scene";
import { createPlaces, type Place, placeNames } from "./places";
import { fingerprintKeys, formNames, randomPart } from "./secrets";

const document = readFileSync(join(__dirname, "../../docs/how-it-works.md"), "utf8");

describe("secrets", () => {
  const secrets: Record<string, string> = {
    ...configured,
    ...Object.fromEntries(Object.entries(rotated).map(([name, value]) => [`new ${name}`, value])),
    ...Object.fromEntries(
      [...Object.values(referenced), ...Object.values(rotatedReferenced)].map((value, index) => [
        `referenced ${index}`,
        value,
      ]),
    ),
    environmentVariable: variable,
    "new environmentVariable": rotatedVariable,
    environmentToken: variableToken,
  };
  const places = createPlaces();
  /** Command → the secrets that Pulumi shows by itself. */
  const shownByPulumi = new Map<string, string[]>();
  let scene: LeakScene;
  /** The state without encryption. */
  let decrypted = "";

  beforeAll(async () => {
    scene = await createLeakScene(places);
    Object.assign(secrets, scene.ownSecrets);
    const { run, fail, stack, gateway, directory } = scene;
    const up = ["up", "--yes", "--skip-preview"];

    await succeed("preview", "--diff", "--save-plan", "plan.json");
    await succeed(...up, "--plan", "plan.json");
    for (const [index, key] of (await fingerprintKeys(stack)).entries()) {
      secrets[`fingerprintKey ${index}`] = key;
    }
    await Promise.all([
      scene.inspectDrift(),
      succeed("preview", "--json", "--show-sames"),
      succeed("stack", "export"),
      stack.exportStack().then((state) => {
        decrypted = JSON.stringify(state);
      }),
      succeed("stack", "history", "--json"),
    ]);
    await succeed("refresh", "--yes", "--skip-preview");
    const type = "pulumi-nodejs:dynamic/vcc:VccProvider";
    expect(await run(places, "import", type, "imported", "Imported")).not.toBe(0);

    await scene.configure(rotated);
    await succeed("preview", "--diff", "--save-plan", "plan-of-rotation.json");
    gateway.status = 400;
    await fail("up --refresh", stack.up({ refresh: true }));
    await fail("destroy", stack.destroy());
    expect(gateway.refused).toContain("POST /interactions/Register");
    gateway.status = undefined;
    scene.setEnvironment({ INVALID: "yes" });
    await fail("preview", stack.preview());
    scene.setEnvironment(scene.proxyEnvironment);
    await fail("up", stack.up());
    expect(gateway.refused).toContain("CONNECT vcc.example.com:443");
    places.addFiles(directory);

    scene.setEnvironment({ VARIABLE: rotatedVariable });
    await observe("`up --plan` after a secret outside of the configuration has changed", [
      ...[...up, "--plan", "plan-of-rotation.json"],
    ]);
    scene.setEnvironment({});
    await observe("`up --plan` after a secret of the configuration has changed", [
      ...[...up, "--plan", "plan.json"],
    ]);
    scene.setEnvironment(rotatedReferenced);
    await observe("`up --json`", [...up, "--json"]);
    await scene.configure(configured);
    const events: string[] = [];
    await stack.up({ onEvent: (event) => events.push(JSON.stringify(event)) });
    places.addFiles(directory);
    const shownByEvents = createPlaces();
    shownByEvents.add("stdout of Pulumi", "onEvent", events.join("\n"));
    shownByPulumi.set("`onEvent` of the Automation API", secretsIn(shownByEvents));
    await scene.configure(rotated);
    await observe("`up --logflow -v=9`", [...up, "--logflow", "-v=9"]);
    rmSync(join(directory, "temporary"), { recursive: true });

    await succeed("destroy", "--yes", "--skip-preview");
    places.addFiles(join(directory, "state"));
    places.addTarball(packTarball(directory));
    await scene.addPageOfEmulator();
  }, 600_000);
  afterAll(() => scene.close());

  it.each(placeNames)("are not in: %s", (place) => {
    expect(places.size(place)).toBeGreaterThan(0);
    // The emulator prints its client's secret, to be copied into a shell.
    const { clientSecret, ...others } = secrets;
    const searched = place === "terminal of the emulator" ? others : secrets;
    expect(places.search(place, searched)).toEqual([]);
  });

  it("that only the provider process reads are in no state, not even encrypted", () => {
    expect(decrypted).toContain(randomPart(configured.headerValue));
    for (const value of Object.values(referenced)) {
      expect(decrypted).not.toContain(randomPart(value));
    }
  });

  it("are searched in the documented places and forms", () => {
    const text = document.replace(/\s+/g, " ");
    expect(text).toContain(placeNames.join(", "));
    for (const form of formNames) expect(text).toContain(form);
    count("places searched for secrets", placeNames.length);
    count("forms of each secret", formNames.length);
  });

  it("are shown by Pulumi as documented", () => {
    const head = ["| command | secrets |", "| --- | --- |"];
    const rows = [...shownByPulumi].map(
      ([command, shown]) => `| ${command} | ${shown.join(", ")} |`,
    );
    expect(document).toContain(["<!-- shown -->", ...head, ...rows, "<!-- /shown -->"].join("\n"));
  });

  async function succeed(...args: string[]) {
    expect(await scene.run(places, ...args)).toBe(0);
  }

  async function observe(name: string, args: string[]) {
    const shown = createPlaces();
    await scene.run(shown, ...args);
    shown.addFiles(scene.directory);
    shownByPulumi.set(
      name,
      secretsIn(shown, ["stdout of Pulumi", "stderr of Pulumi", "temporary files"]),
    );
  }

  function secretsIn(shown: ReturnType<typeof createPlaces>, names: readonly Place[] = placeNames) {
    const found = names.flatMap((place) => shown.search(place, secrets));
    return [...new Set(found.map(({ secret }) => words(secret)))].sort();
  }
});

/** `fingerprintKey 1` → `fingerprint key` */
function words(name: string): string {
  return name.replace(/ \d$/, "").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
