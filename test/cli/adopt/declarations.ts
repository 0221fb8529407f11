import { open } from "node:fs/promises";
import type { DeclaredResource } from "../../../cli/pulumi/declared";
import { type ImportFile, markedSecret } from "../../../cli/pulumi/import-file";
import { unknownValue } from "../../../provider/pulumi-values";
import { resourceType } from "../../../provider/resource/provider-code";

export const stackUrn = "urn:pulumi:dev::project::pulumi:pulumi:Stack::project-dev";

/** What a preview finds of `new VccProvider("crm", …)`, which the stack has never registered. */
export function declaredRegistration({
  inputs = {},
  ...changes
}: Partial<DeclaredResource> = {}): DeclaredResource {
  return {
    urn: `urn:pulumi:dev::project::${resourceType}::${changes.name ?? "crm"}`,
    type: resourceType,
    name: "crm",
    custom: true,
    parent: stackUrn,
    operation: "create",
    inputs: {
      __provider: "code",
      provider: "Crm",
      endpoint: "https://crm.example.com/vcc",
      headers: markedSecret({ Authorization: "Bearer canary", "X-Tenant": "acme" }),
      agentActionsPermitted: {
        ...{ release: true, hold: true, transferToAgent: false, transferToRoute: false },
      },
      region: "emea",
      accountFingerprint: unknownValue,
      fingerprintKey: markedSecret(unknownValue),
      headerFingerprints: unknownValue,
      drift: "none",
      ...inputs,
    },
    ...changes,
  };
}

/** The body of `POST /Register` that is live. */
export const liveBody = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: "Bearer canary", "X-Tenant": "acme" },
  agentactionspermitted: { release: 1, hold: 1 },
};

/** Credentials and a region. */
export const settings = {
  VCC_REGION: "emea",
  VCC_CLIENT_ID: "id",
  VCC_CLIENT_SECRET: "canary-client",
};

/** Reads an import file as the CLI does: one JSON value, without an end of file. */
export async function readImportFile(path: string): Promise<ImportFile> {
  const file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(60_000));
  await file.close();
  return JSON.parse(buffer.subarray(0, bytesRead).toString());
}
