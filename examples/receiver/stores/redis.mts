// Redis 7 or newer. A claim expires after `claimS`, in case its process was killed: handlers must be faster.

import type { Claim, NotificationStore } from "pulumi-vcc/receiver";
import type { RedisClientType } from "redis";

type Redis = Pick<RedisClientType, "get" | "set" | "del" | "eval">;

const replace = `return (redis.call("GET", KEYS[1]) or "") == ARGV[1] and redis.call("SET", KEYS[1], ARGV[2])`;

/** @param name of the registration */
export function redisStore(redis: Redis, name = "vcc", claimS = 600): NotificationStore {
  const key = (id: string) => `${name}:notification:${id}`;
  const evidence = `${name}:evidence`;
  const ifNew = { expiration: { type: "EX", value: claimS }, condition: "NX", GET: true } as const;
  const aWeek = { expiration: { type: "EX", value: 7 * 24 * 3600 } } as const;
  return {
    claim: async (id) => ((await redis.set(key(id), "busy", ifNew)) ?? "new") as Claim,
    complete: (id) => redis.set(key(id), "done", aWeek),
    release: (id) => redis.del(key(id)),
    loadEvidence: () => redis.get(evidence),
    saveEvidence: async (text, loaded) =>
      (await redis.eval(replace, { keys: [evidence], arguments: [loaded ?? "", text] })) !== null,
  };
}
