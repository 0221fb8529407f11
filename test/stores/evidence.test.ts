import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Evidence, notificationRequest } from "../../receiver";
import { type DatabaseServer, startRedis } from "../../tools/database-servers.mts";
import { count } from "../counts";

const rounds = Number(process.env.PULUMI_VCC_EVIDENCE_ROUNDS ?? 50);

describe("the evidence of two processes with one Redis store", () => {
  const children: ChildProcess[] = [];
  let server: DatabaseServer;

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    for (const child of children) child.kill();
    await server.stop();
  });

  async function startReceiver() {
    const child = fork(join(__dirname, "evidence-process.mts"), [server.url]);
    children.push(child);
    const [port] = await once(child, "message");
    const url = `http://127.0.0.1:${port}`;
    async function post(registration: string, headers: Record<string, string>) {
      const request = notificationRequest({ url, headers, registration });
      return (await fetch(request)).status;
    }
    return {
      notify: (registration: string) => post(registration, { Authorization: "Bearer secret" }),
      refuse: () => post("refused", {}),
      async ask(): Promise<Evidence> {
        const headers = { Authorization: "Bearer witness" };
        const response = await fetch(`${url}/.well-known/vcc-registration`, { headers });
        return (await response.json()) as Evidence;
      },
    };
  }

  it(`includes every observation, the last one first, in ${rounds} rounds`, async () => {
    const [one, two] = [await startReceiver(), await startReceiver()];
    for (let round = 0; round < rounds; round++) {
      const [last, other] = round % 2 === 0 ? [one, two] : [two, one];
      const startedAt = new Date().toISOString();
      const atOnce = Array.from({ length: 8 }, (_, index) => `round-${round}-${index}`);
      const isRefusing = round % 10 === 0;
      const statuses = await Promise.all([
        ...atOnce.map((name, index) => (index % 2 === 0 ? one : two).notify(name)),
        ...(isRefusing ? [last.refuse()] : []),
      ]);
      expect(statuses).toEqual([...atOnce.map(() => 200), ...(isRefusing ? [401] : [])]);
      // The same registration each time, after all others.
      expect(await last.notify("last")).toBe(200);

      const { registrations, lastRefusedAt } = await other.ask();
      const [first, ...others] = registrations.slice(0, 1 + atOnce.length);
      expect(first).toMatchObject({ registration: "last", replacedAt: null });
      expect(others.map(({ registration }) => registration).sort()).toEqual(atOnce);
      for (const { firstSeenAt, lastSeenAt, replacedAt } of others) {
        expect([startedAt <= firstSeenAt, firstSeenAt === lastSeenAt]).toEqual([true, true]);
        expect(lastSeenAt <= (first?.lastSeenAt ?? "") && replacedAt !== null).toBe(true);
      }
      if (round > 0) expect(first?.returnedAt).toBe(first?.lastSeenAt);
      if (isRefusing) expect((lastRefusedAt ?? "") >= startedAt).toBe(true);
    }
    count("rounds of evidence", rounds);
  });
});
