import { type Emulator, type ProviderSettings, startEmulator } from "../../emulator";
import { type AccountSettings, clients, placeOf, regions } from "./program";

export interface Post {
  place: string;
  settings: ProviderSettings;
  /** Whether a response was sent. */
  acknowledged: boolean;
}

/** An emulator for each account and region, so that it is known which one a request reaches. */
export interface Vcc {
  emulatorOf(account: AccountSettings): Emulator;
  all: Emulator[];
  /** What has taken effect since the last call, in that order. */
  takePosts(): Post[];
  /** What VCC holds, by place. */
  held(): Map<string, ProviderSettings>;
  reset(): void;
  close(): Promise<void>;
}

export const clientSecret = "client-secret";

export async function startVcc(): Promise<Vcc> {
  let posts: Post[] = [];
  const emulators = new Map<string, { account: AccountSettings; emulator: Emulator }>();
  const keyOf = (account: AccountSettings) => placeOf(account, "");
  for (const client of clients) {
    for (const region of regions) {
      const account = { client, region };
      const emulator = await startEmulator({
        clientId: client,
        clientSecret,
        onRequest({ path, provider, status }) {
          if (!path.endsWith("/Register") || provider === undefined) return;
          const settings = emulator
            .registrations()
            .find((registration) => registration.provider === provider);
          if (settings === undefined) return;
          posts.push({
            place: placeOf(account, provider),
            settings,
            acknowledged: status !== null,
          });
        },
      });
      emulators.set(keyOf(account), { account, emulator });
    }
  }
  const all = [...emulators.values()].map(({ emulator }) => emulator);

  return {
    all,
    emulatorOf(account) {
      const found = emulators.get(keyOf(account));
      if (found === undefined) throw new Error(`no emulator of ${keyOf(account)}`);
      return found.emulator;
    },
    takePosts() {
      const taken = posts;
      posts = [];
      return taken;
    },
    held: () =>
      new Map(
        [...emulators.values()].flatMap(({ account, emulator }) =>
          emulator
            .registrations()
            .map((settings) => [placeOf(account, settings.provider), settings] as const),
        ),
      ),
    reset() {
      for (const emulator of all) emulator.reset();
      posts = [];
    },
    async close() {
      for (const emulator of all) await emulator.close();
    },
  };
}
