import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { bearer, VccProvider, type VccProviderArgs } from "../../provider";

interface Declaration extends Partial<VccProviderArgs> {
  /** The name of the resource. @default "crm" */
  name?: string;
  /** Of the header `Authorization`. @default "token" */
  token?: string;
  options?: pulumi.CustomResourceOptions;
}

/** A program of registrations that differ from one with every argument but these. */
export function declaring(...declarations: Declaration[]): PulumiFn {
  return async () => {
    for (const { name = "crm", token = "token", options, ...args } of declarations) {
      new VccProvider(
        name,
        {
          provider: "Crm",
          endpoint: "https://crm.example.com/vcc",
          headers: { Authorization: bearer(pulumi.secret(token)), "X-Tenant": "acme" },
          agentActionsPermitted: { release: true, hold: true },
          ...args,
        },
        options,
      );
    }
  };
}

/** What VCC holds of `declaring({})`. */
export const registered = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: "Bearer token", "X-Tenant": "acme" },
  agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
};
