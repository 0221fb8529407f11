import { setTimeout } from "node:timers/promises";
import { Pool } from "undici";

/** The registered headers. */
export const headers = { Authorization: "Bearer bench", "X-Tenant": "acme" };

/** Sends notifications with the IDs 0, 1, 2, … as VCC would, if it repeated each until its success. */
export interface Sender {
  /** Over 64 connections, one notification in ten twice. Resolves when all are answered with success. */
  sendFor(seconds: number): Promise<void>;
  /** In arrays of 1,000. */
  sendMany(count: number): Promise<void>;
  /** How many have been sent. */
  sent(): number;
  close(): Promise<void>;
}

export function createSender(port: number): Sender {
  const connections = 64;
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections });
  let next = 0;

  async function post(ids: number[]): Promise<void> {
    const body = JSON.stringify(ids.map(notificationWith));
    while (!(await isSuccess(body))) await setTimeout(20);
  }

  async function isSuccess(body: string): Promise<boolean> {
    try {
      const response = await pool.request({
        method: "POST",
        path: "/vcc",
        headers: { ...headers, "Content-Type": "application/json" },
        body,
      });
      await response.body.dump();
      if (response.statusCode === 401) throw new RangeError("the headers were refused");
      return response.statusCode === 200;
    } catch (error) {
      // The receiver has been killed, or is not back yet.
      if (error instanceof RangeError) throw error;
      return false;
    }
  }

  return {
    async sendFor(seconds) {
      const end = performance.now() + seconds * 1000;
      const work = async () => {
        while (performance.now() < end) {
          const id = next++;
          await Promise.all(id % 10 === 0 ? [post([id]), post([id])] : [post([id])]);
        }
      };
      await Promise.all(Array.from({ length: connections }, work));
    },
    async sendMany(count) {
      while (count > 0) {
        const length = Math.min(count, 1000);
        await post(Array.from({ length }, () => next++));
        count -= length;
      }
    },
    sent: () => next,
    close: () => pool.destroy(),
  };
}

function notificationWith(id: number) {
  return {
    notification: "AssignToAgent",
    objectid: `case-${id}`,
    notificationid: String(id),
    params: { AccountName: "Bench", Agent: "Agent", AgentId: "5464" },
  };
}
