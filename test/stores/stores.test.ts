import { Pool } from "pg";
import { createClient } from "redis";
import { createTable, postgresqlStore } from "../../examples/receiver/stores/postgresql.mts";
import { redisStore } from "../../examples/receiver/stores/redis.mts";
import { createReceiver, type NotificationStore, notificationRequest } from "../../receiver";
import { type DatabaseServer, startPostgres, startRedis } from "../../tools/database-servers.mts";
import { documentExamples, read } from "../documentation/documents";

type CreateStore<Client> = (client: Client, name?: string, claimS?: number) => NotificationStore;

/** Two stores as two processes have them, each with its own connection. */
interface Stores {
  one: NotificationStore;
  two: NotificationStore;
  /** Its claims expire after a second. */
  impatient: NotificationStore;
  /** As `one` and `two`, for another registration. */
  others: [NotificationStore, NotificationStore];
  close(): Promise<unknown>;
}

function storesOf<Client>(create: CreateStore<Client>, one: Client, two: Client) {
  return {
    one: create(one),
    two: create(two),
    impatient: create(one, "impatient", 1),
    others: [create(one, "other"), create(two, "other")] as Stores["others"],
  };
}

async function redisStores(): Promise<[DatabaseServer, Stores]> {
  const server = await startRedis();
  const clients = [createClient({ url: server.url }), createClient({ url: server.url })] as const;
  for (const client of clients) await client.connect();
  const [one, two] = clients;
  const close = () => Promise.all(clients.map((client) => client.close()));
  return [server, { ...storesOf(redisStore, one, two), close }];
}

async function postgresqlStores(): Promise<[DatabaseServer, Stores]> {
  const server = await startPostgres();
  const one = new Pool({ connectionString: server.url });
  const two = new Pool({ connectionString: server.url });
  await one.query(createTable);
  const close = () => Promise.all([one.end(), two.end()]);
  return [server, { ...storesOf(postgresqlStore, one, two), close }];
}

describe.each([
  ["Redis", redisStores],
  ["PostgreSQL", postgresqlStores],
])("the store in %s", (_database, start) => {
  let server: DatabaseServer;
  let stores: Stores;
  beforeAll(async () => {
    [server, stores] = await start();
  });
  afterAll(async () => {
    await stores.close();
    await server.stop();
  });

  it("gives an ID to one of many concurrent claims", async () => {
    const { one, two } = stores;
    const ids = Array.from({ length: 50 }, (_, index) => `concurrent-${index}`);
    const claims = await Promise.all(
      ids.map((id) => Promise.all([one, two, one, two].map((store) => store.claim(id)))),
    );
    for (const claim of claims) expect(claim.sort()).toEqual(["busy", "busy", "busy", "new"]);
  });

  it("remembers completed notifications, and forgets released ones", async () => {
    const { one, two } = stores;
    expect(await one.claim("a")).toBe("new");
    await one.complete("a");
    expect(await two.claim("a")).toBe("done");
    expect(await two.claim("a")).toBe("done");
    expect(await one.claim("b")).toBe("new");
    await one.release("b");
    expect(await two.claim("b")).toBe("new");
    expect(await one.claim("b")).toBe("busy");
  });

  it("gives an expired claim to one of many, and a completed one to none", async () => {
    const { impatient } = stores;
    expect(await impatient.claim("done")).toBe("new");
    await impatient.complete("done");
    expect(await impatient.claim("killed")).toBe("new");
    expect(await impatient.claim("killed")).toBe("busy");
    let claims: string[] = [];
    while (!claims.includes("new")) {
      claims = await Promise.all(Array.from({ length: 5 }, () => impatient.claim("killed")));
    }
    expect(claims.sort()).toEqual(["busy", "busy", "busy", "busy", "new"]);
    expect(await impatient.claim("done")).toBe("done");
  });

  it("does not save evidence if another process saved after it was loaded", async () => {
    const [one, two] = stores.others;
    expect((await one.loadEvidence?.()) ?? null).toBeNull();
    const saved = await Promise.all(
      [one, two, one, two].map((store, index) => store.saveEvidence?.(`first ${index}`, null)),
    );
    expect(saved.filter((result) => result !== false)).toHaveLength(1);
    const loaded = (await two.loadEvidence?.()) ?? null;
    expect(loaded).toMatch(/^first \d$/);
    expect(await one.saveEvidence?.("second", "other")).toBe(false);
    expect(await one.saveEvidence?.("second", loaded)).not.toBe(false);
    expect(await two.saveEvidence?.("third", loaded)).toBe(false);
    expect(await two.loadEvidence?.()).toBe("second");
  });

  it("lets receivers handle each notification once, with shared evidence", async () => {
    const { one, two } = stores;
    const headers = { Authorization: "Bearer secret" };
    const handled: string[] = [];
    const create = (store: NotificationStore) =>
      createReceiver({
        headers,
        store,
        onNotification: ({ notificationid }) => handled.push(notificationid),
      });
    const receivers = [create(one), create(two)];
    const ids = Array.from({ length: 100 }, (_, index) => `once-${index}`);
    const send = (notificationid: string) =>
      Promise.all(
        receivers.map(({ fetch }) =>
          fetch(notificationRequest({ headers, notificationid, registration: "0123456789ab" })),
        ),
      );
    const statuses = (await Promise.all(ids.map(send))).flat().map(({ status }) => status);
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    await Promise.all(ids.map(send));
    expect(handled.sort()).toEqual(ids.sort());
    const [first, second] = await Promise.all(receivers.map(({ evidence }) => evidence()));
    expect(first?.registrations).toMatchObject([{ registration: "0123456789ab" }]);
    expect(second?.registrations).toEqual(first?.registrations);
  });
});

describe("the store in Redis", () => {
  it("is shown in docs/receiver.md", () => {
    const [, code] = read("examples/receiver/stores/redis.mts").split(/^\/\/.*\n\n/);
    expect(documentExamples("docs/receiver.md").map(({ text }) => text)).toContain(code);
  });
});
