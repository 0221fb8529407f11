import { createHash, randomBytes } from "node:crypto";
import type { Stack } from "@pulumi/pulumi/automation";

/** A secret that is found wherever it leaks. */
export function canary(name: string): string {
  return `${name}-${randomBytes(12).toString("hex")}`;
}

/** Every form in which a secret may not be found: in clear, encoded or hashed. */
export function formsOf(secret: string): string[] {
  return [secret, `Bearer ${secret}`].flatMap((text) => {
    const bytes = Buffer.from(text);
    const encodings = [
      text,
      encodeURIComponent(text),
      bytes.toString("base64").replace(/=+$/, ""),
      bytes.toString("base64url"),
      bytes.toString("hex"),
    ];
    const hashes = ["md5", "sha1", "sha256", "sha512"].flatMap((algorithm) =>
      (["hex", "base64"] as const).map((encoding) =>
        createHash(algorithm).update(text).digest(encoding),
      ),
    );
    return [...encodings, ...hashes];
  });
}

/** The fingerprint keys that the state of a stack holds. */
export async function fingerprintKeys(stack: Stack): Promise<string[]> {
  const { deployment } = await stack.exportStack();
  const resources: Array<{ inputs?: { fingerprintKey?: { plaintext: string } } }> =
    deployment.resources ?? [];
  return resources.flatMap(({ inputs }) =>
    inputs?.fingerprintKey ? [JSON.parse(inputs.fingerprintKey.plaintext)] : [],
  );
}
