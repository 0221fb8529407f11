// PostgreSQL. A claim expires after `claimS`, in case its process was killed: handlers must be faster.

import type { Pool } from "pg";
import type { NotificationStore } from "pulumi-vcc/receiver";

/** Delete old rows from time to time. */
export const createTable =
  "create table vcc (key text primary key, value text not null, at timestamptz default now())";

/** @param name of the registration */
export function postgresqlStore(pool: Pool, name = "vcc", claimS = 600): NotificationStore {
  const keyOf = (id: string) => `${name}:notification:${id}`;
  const evidence = `${name}:evidence`;
  const expired = `vcc.value = 'busy' and vcc.at < now() - interval '${claimS} seconds'`;

  async function get(key: string) {
    const { rows } = await pool.query("select value from vcc where key = $1", [key]);
    return rows[0]?.value;
  }

  /** Inserts a row, or updates it under a condition. */
  async function set(key: string, value: string, condition: string, ...values: unknown[]) {
    const insert = "insert into vcc (key, value) values ($1, $2) on conflict (key)";
    const update = `do update set value = $2, at = now() where ${condition}`;
    const { rowCount } = await pool.query(`${insert} ${update}`, [key, value, ...values]);
    return rowCount === 1;
  }

  return {
    claim: async (id) => ((await set(keyOf(id), "busy", expired)) ? "new" : get(keyOf(id))),
    complete: (id) => set(keyOf(id), "done", "true"),
    release: (id) => pool.query("delete from vcc where key = $1", [keyOf(id)]),
    loadEvidence: () => get(evidence),
    saveEvidence: (text, loaded) => set(evidence, text, "vcc.value = $3", loaded),
  };
}
